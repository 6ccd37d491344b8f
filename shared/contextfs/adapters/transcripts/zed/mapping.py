"""Maps a Zed thread to a transcript. Its messages carry no times; the replies no ids."""

from collections.abc import Iterator
from typing import Any

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, opening
from contextfs.adapters.transcripts.model import ToolCall, Transcript, TranscriptMessage, Usage
from contextfs.adapters.transcripts.shapes import count, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "zed"
_FIELDS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_QUIET = frozenset({"Thinking", "RedactedThinking", "thinking", "redacted_thinking"})


def transcript(row: dict[str, Any], thread: dict[str, Any], tally: Tally) -> Transcript | None:
    """Make the transcript of a thread; None when nothing was said. In a subagent's, nobody types."""
    parent = text(row.get("parent_id"))
    model = text(table(thread.get("model")).get("model"))
    speaker = _Speaker(model, tally, is_subagent=parent is not None)
    messages = chained(made for n, one in enumerate(items(thread.get("messages"))) for made in speaker.messages(n, one))
    if not messages:
        return None
    git = _git(thread)
    created_at, updated_at = moment(row.get("created_at")), moment(row.get("updated_at"))
    folders = [folder for folder in (text(row.get("folder_paths")) or "").split("\n") if folder]
    known = {
        "folders": folders if len(folders) > 1 else None,
        "version": text(thread.get("version")),
        "models": [model] if model else None,
        "provider": text(table(thread.get("model")).get("provider")),
        "parent": parent,
    }
    return Transcript(
        tool=TOOL,
        external_id=str(row.get("id")),
        title=text(row.get("summary")) or text(thread.get("title")) or text(thread.get("summary")) or opening(messages),
        started_at=created_at or updated_at,
        ended_at=updated_at or moment(thread.get("updated_at")),
        model=model,
        cwd=folders[0] if folders else None,
        git_branch=text(git.get("current_branch")),
        git_commit=text(git.get("head_sha")),
        messages=messages,
        usage=_usage(thread),
        skipped=tally.counts(),
        metadata={key: value for key, value in known.items() if value},
    )


class _Speaker:
    """Makes messages of a thread's, in the form of today (`{"User": …}`) and of before 0.3 (`{"role": …}`)."""

    def __init__(self, model: str | None, tally: Tally, *, is_subagent: bool) -> None:
        self._model = model
        self._tally = tally
        self._is_subagent = is_subagent
        self._names = turns.Names()

    def messages(self, number: int, one: object) -> Iterator[TranscriptMessage]:
        message = table(one)
        kind = next(iter(message), None) if len(message) == 1 else text(message.get("role"))
        inner = table(message.get(kind)) if kind and len(message) == 1 else message
        raw = msgspec.json.encode(one)
        name = text(inner.get("id")) or self._names.of(one)
        place = turns.Place(external_id=name, tally=self._tally, source=turns.source(f"messages/{number}", raw))
        if kind in ("User", "user"):
            said = _written(inner)
            is_person = not self._is_subagent and inner.get("is_hidden") is not True
            made = turns.prompt(said, place, is_person=is_person)
            yield from [made] if made else []
            yield from self._results(inner, place)
        elif kind in ("Agent", "assistant"):
            made = turns.reply(_written(inner), place, calls=list(self._calls(inner, name)), model=self._model)
            yield from [made] if made else []
            yield from self._results(inner, place)
            self._tally.add("thinking", sum(_kind(part) in _QUIET for part in _parts(inner)))
        else:
            self._tally.add_of("message", kind or one)

    def _calls(self, message: dict[str, Any], name: str) -> Iterator[ToolCall]:
        uses = [table(table(part).get("ToolUse")) for part in items(message.get("content")) if _kind(part) == "ToolUse"]
        for n, use in enumerate([*uses, *map(table, items(message.get("tool_uses")))]):
            given = use.get("input", use.get("raw_input"))
            fallback = f"{name}#{n}"
            yield turns.call(text(use.get("id")), text(use.get("name")), given, fallback_id=fallback, tally=self._tally)

    def _results(self, message: dict[str, Any], place: turns.Place) -> Iterator[TranscriptMessage]:
        told = message.get("tool_results")
        listed = [{"tool_use_id": key} | table(value) for key, value in table(told).items()] or map(table, items(told))
        for n, result in enumerate(listed):
            call_id = text(result.get("tool_use_id")) or f"{place.external_id}#{n}"
            output, is_error = _output(result), result.get("is_error") is True
            yield turns.result(output, place.called(f"{call_id}/result"), call_id=call_id, is_error=is_error)


def _parts(message: dict[str, Any]) -> list[Any]:
    return items(message.get("content")) or items(message.get("segments"))


def _kind(part: object) -> str | None:
    """Name a part: the one key that it has, or its type."""
    inner = table(part)
    return text(inner.get("type")) or (next(iter(inner), None) if len(inner) == 1 else None)


def _written(message: dict[str, Any]) -> str:
    pieces: list[str] = []
    for part in map(table, _parts(message)):
        match _kind(part):
            case "Text":
                pieces.append(text(part.get("Text")) or "")
            case "text":
                pieces.append(text(part.get("text")) or "")
            case "Mention":
                pieces.append(f"[{_mentioned(table(part['Mention']))}]")
            case "Image" | "image":
                pieces.append("[image]")
            case _:
                continue
    return "".join(pieces)


def _mentioned(mention: dict[str, Any]) -> str:
    """Name what a person pointed to, without its content."""
    uri = table(mention.get("uri"))
    inner = table(next(iter(uri.values()), None)) if len(uri) == 1 else uri
    return (
        text(mention.get("uri")) or text(inner.get("abs_path")) or text(inner.get("name")) or next(iter(uri), "mention")
    )


def _output(result: dict[str, Any]) -> str:
    content = result.get("content")
    if isinstance(content, str):
        return content
    inner = table(content)
    parts = (text(table(part).get("Text")) or text(table(part).get("text")) or "" for part in items(content))
    return text(inner.get("Text")) or text(inner.get("text")) or "\n".join(parts) or text(result.get("output")) or ""


def _usage(thread: dict[str, Any]) -> Usage:
    """Give the thread's own sum, else that of its requests."""
    own = table(thread.get("cumulative_token_usage"))
    requests = thread.get("request_token_usage")
    listed = list(table(requests).values()) or items(requests)
    told = [own] if any(count(own.get(field)) for field in _FIELDS) else list(map(table, listed))
    sums = [sum(count(one.get(field)) for one in told) for field in _FIELDS]
    return Usage(input_tokens=sums[0], output_tokens=sums[1], cache_creation_tokens=sums[2], cache_read_tokens=sums[3])


def _git(thread: dict[str, Any]) -> dict[str, Any]:
    trees = items(table(thread.get("initial_project_snapshot")).get("worktree_snapshots"))
    return next((git for tree in trees if (git := table(table(tree).get("git_state")))), dict[str, Any]())
