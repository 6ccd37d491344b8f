"""Maps a claude.ai conversation to a transcript. The export tells no model and no tokens."""

from collections.abc import Iterator
from typing import Any

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, dates, opening
from contextfs.adapters.transcripts.branches import NO_PARENT, left_behind
from contextfs.adapters.transcripts.model import ToolCall, Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "claude-ai"
_CALLS = ("tool_use", "server_tool_use")
_QUIET = ("thinking", "redacted_thinking")


def transcript(conversation: dict[str, Any], *, fallback_id: str, tally: Tally) -> Transcript | None:
    """Make the transcript of one conversation; None when nothing was said.

    Other branches (`off_path`; `left`, or `aside`) are counted, not given.
    """
    listed = [table(one) for one in items(conversation.get("chat_messages"))]
    live = _branch(listed, text(conversation.get("current_leaf_message_uuid")))
    is_live = set(map(id, live))
    behind = _left(listed, is_live)
    off = [one for one in listed if id(one) not in is_live]
    tally.add("off_path", len(off))
    messages = chained(made for one in live for made in _messages(one, tally))
    if not messages:
        return None
    started_at, ended_at = dates(messages)
    known = {
        "project": text(table(conversation.get("project")).get("uuid")),
        "summary": text(conversation.get("summary")),
    }
    return Transcript(
        tool=TOOL,
        external_id=text(conversation.get("uuid")) or fallback_id,
        title=text(conversation.get("name")) or opening(messages),
        started_at=started_at or moment(conversation.get("created_at")),
        ended_at=ended_at or moment(conversation.get("updated_at")),
        model=text(conversation.get("model")),
        messages=messages,
        left=[made.external_id for one in off if id(one) in behind for made in _messages(one, Tally())],
        aside=[made.external_id for one in off if id(one) not in behind for made in _messages(one, Tally())],
        skipped=tally.counts(),
        metadata={key: value for key, value in known.items() if value},
    )


def _branch(listed: list[dict[str, Any]], leaf: str | None) -> list[dict[str, Any]]:
    """Follow the parents up from the last message, where messages name them; else all are one line."""
    by_id = {str(one["uuid"]): one for one in listed if text(one.get("uuid"))}
    if not any(text(one.get("parent_message_uuid")) in by_id for one in listed):
        return listed
    last = leaf if leaf in by_id else str(listed[-1].get("uuid"))
    branch: dict[str, dict[str, Any]] = {}
    while last in by_id and last not in branch:
        branch[last] = by_id[last]
        last = text(by_id[last].get("parent_message_uuid")) or ""
    return list(reversed(branch.values()))


def _left(listed: list[dict[str, Any]], is_live: set[int]) -> set[int]:
    """Tell which messages were surely left behind: they are listed as they came. A first one's parent is not listed."""
    places = {str(one["uuid"]): n for n, one in enumerate(listed) if text(one.get("uuid"))}
    names = [text(one.get("parent_message_uuid")) for one in listed]
    roots = {name: len(listed) + n for n, name in enumerate(dict.fromkeys(names)) if name and name not in places}
    parents = [NO_PARENT if name is None else places.get(name, roots.get(name, NO_PARENT)) for name in names]
    flags = [id(one) in is_live for one in listed] + [True] * len(names)
    found = left_behind([*parents, *([NO_PARENT] * len(names))], flags, lambda n: n)
    return {id(listed[n]) for n in found}


def _messages(message: dict[str, Any], tally: Tally) -> Iterator[TranscriptMessage]:
    blocks = [table(block) for block in items(message.get("content"))]
    name = text(message.get("uuid")) or turns.Names().of(message)
    said = "\n\n".join(text(block.get("text")) or "" for block in blocks if block.get("type") == "text").strip()
    said = said or text(message.get("text")) or ""
    place = turns.Place(
        external_id=name,
        tally=tally,
        at=moment(message.get("created_at")),
        source=turns.source(name, msgspec.json.encode(message)),
    )
    for block in blocks:
        _count(block, tally)
    sender = message.get("sender")
    if sender == "human":
        made = turns.prompt(said or _attached(message), place)
        yield from [made] if made else []
        if any(items(message.get("attachments"))):
            tally.add("attachment", len(items(message.get("attachments"))))
    elif sender == "assistant":
        yield from _replied(blocks, said, place)
    else:
        tally.add_of("sender", sender)


def _replied(blocks: list[dict[str, Any]], said: str, place: turns.Place) -> Iterator[TranscriptMessage]:
    calls: list[ToolCall] = []
    answers: list[tuple[str, dict[str, Any]]] = []
    for n, block in enumerate(blocks):
        if block.get("type") in _CALLS:
            call_id, name = text(block.get("id")), text(block.get("name"))
            fallback = f"{place.external_id}#{n}"
            calls.append(turns.call(call_id, name, block.get("input"), fallback_id=fallback, tally=place.tally))
        elif block.get("type") == "tool_result":
            latest = calls[-1].id if calls else f"{place.external_id}#{n}"
            answers.append((text(block.get("tool_use_id")) or latest, block))
    made = turns.reply(said, place, calls=calls)
    yield from [made] if made else []
    for n, (call_id, block) in enumerate(answers):
        named = place.called(f"{place.external_id}/result/{n}")
        yield turns.result(_output(block), named, call_id=call_id, is_error=block.get("is_error") is True)


def _count(block: dict[str, Any], tally: Tally) -> None:
    kind = block.get("type")
    if kind in _QUIET:
        tally.add("thinking")
    elif kind not in ("text", "tool_result", *_CALLS):
        tally.add_of("block", kind)


def _attached(message: dict[str, Any]) -> str:
    """Name the files of a message that has no words."""
    listed = [*items(message.get("attachments")), *items(message.get("files"))]
    names = (text(table(one).get("file_name")) or "file" for one in listed)
    return "\n".join(f"[file: {name}]" for name in names)


def _output(block: dict[str, Any]) -> str:
    content = block.get("content")
    parts = (text(table(part).get("text")) or text(table(part).get("title")) or "" for part in items(content))
    return content if isinstance(content, str) else "\n".join(part for part in parts if part)
