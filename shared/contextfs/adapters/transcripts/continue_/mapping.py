"""Maps a Continue session (one JSON, rewritten as a whole) to a transcript. Its messages have no ids and no times."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.assembly import chained, models, opening
from contextfs.adapters.transcripts.model import ToolCall, Transcript, TranscriptMessage, Usage
from contextfs.adapters.transcripts.shapes import amount, count, is_list, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

TOOL = "continue"
_UNTITLED = ("Untitled Session", "New Session")


def transcript(session: dict[str, Any], *, fallback_id: str, begun: object, tally: Tally) -> Transcript | None:
    """Make the transcript of a session; None when nothing was said. `begun` is the time from the list of sessions."""
    history = [table(entry) for entry in items(session.get("history"))]
    messages = chained(_Speaker(tally).messages(history))
    if not messages:
        return None
    title = text(session.get("title"))
    replied = models(messages)
    started_at = moment(int(begun)) if isinstance(begun, str) and begun.isdecimal() else moment(begun)
    return Transcript(
        tool=TOOL,
        external_id=text(session.get("sessionId")) or fallback_id,
        title=title if title and title not in _UNTITLED else opening(messages),
        started_at=started_at,
        model=(replied[-1] if replied else None) or text(session.get("chatModelTitle")),
        cwd=_path(text(session.get("workspaceDirectory"))),
        messages=messages,
        usage=_usage(session, history),
        skipped=tally.counts(),
        metadata={"models": replied} if replied else {},
    )


class _Speaker:
    """Makes messages of entries; a tool's result stands with its call, or as a message, or both: it is given once."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._names = turns.Names()
        self._answered: set[str] = set()

    def messages(self, history: list[dict[str, Any]]) -> Iterator[TranscriptMessage]:
        for n, entry in enumerate(history):
            message = table(entry.get("message"))
            role = message.get("role")
            said = _written(message.get("content"))
            name = self._names.of(role, message.get("content"), message.get("toolCalls"), message.get("toolCallId"))
            place = turns.Place(
                external_id=name, tally=self._tally, source=turns.source(f"history/{n}", msgspec.json.encode(entry))
            )
            match role:
                case "user":
                    made = turns.prompt(said, place)
                    yield from [made] if made else []
                case "assistant":
                    yield from self._replied(entry, message, said, place)
                case "tool":
                    yield from self._result(said, text(message.get("toolCallId")) or name, place, is_error=False)
                case "thinking":
                    self._tally.add("thinking")
                case _:
                    self._tally.add_of("role", role)
            summary = turns.note(
                text(entry.get("conversationSummary")) or "", "summary", place.called(f"{name}#summary")
            )
            yield from [summary] if summary else []

    def _replied(
        self, entry: dict[str, Any], message: dict[str, Any], said: str, place: turns.Place
    ) -> Iterator[TranscriptMessage]:
        usage = table(message.get("usage"))
        calls = list(self._calls(message, str(place.external_id)))
        if table(entry.get("reasoning")).get("text"):
            self._tally.add("thinking")
        made = turns.reply(
            said,
            place,
            calls=calls,
            model=text(usage.get("model")) or text(message.get("model")),
            tokens=count(usage["completion_tokens"]) if "completion_tokens" in usage else None,
        )
        yield from [made] if made else []
        states = items(entry.get("toolCallStates")) or [entry.get("toolCallState")]
        for state in map(table, states):
            output = state.get("output")
            call_id = text(state.get("toolCallId"))
            if call_id and is_list(output):
                contents = "\n".join(text(table(one).get("content")) or "" for one in output)
                failed = state.get("status") in ("errored", "canceled")
                yield from self._result(contents, call_id, place, is_error=failed)

    def _result(self, said: str, call_id: str, place: turns.Place, *, is_error: bool) -> Iterator[TranscriptMessage]:
        if call_id not in self._answered:
            self._answered.add(call_id)
            named = place.called(f"{call_id}/result")
            yield turns.result(said, named, call_id=call_id, is_error=is_error)

    def _calls(self, message: dict[str, Any], name: str) -> Iterator[ToolCall]:
        for n, call in enumerate(map(table, items(message.get("toolCalls")))):
            asked = table(call.get("function"))
            yield turns.call(
                text(call.get("id")),
                text(asked.get("name")),
                asked.get("arguments"),
                fallback_id=f"{name}#{n}",
                tally=self._tally,
            )


def _written(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = (table(part) for part in items(content))
    return "\n".join(text(part.get("text")) or ("[image]" if part.get("type") == "imageUrl" else "") for part in parts)


def _usage(session: dict[str, Any], history: list[dict[str, Any]]) -> Usage:
    """Give the session's own sum, or that of its messages when it is greater; cached tokens are part of the input."""
    own = table(session.get("usage"))
    told = [table(table(entry.get("message")).get("usage")) for entry in history]
    details = [table(one.get("prompt_tokens_details")) for one in told]
    of_own = table(own.get("promptTokensDetails"))
    return Usage(
        input_tokens=max(count(own.get("promptTokens")), sum(count(one.get("prompt_tokens")) for one in told)),
        output_tokens=max(count(own.get("completionTokens")), sum(count(one.get("completion_tokens")) for one in told)),
        cache_read_tokens=max(
            count(of_own.get("cachedTokens")), sum(count(one.get("cached_tokens")) for one in details)
        ),
        cost=amount(own.get("totalCost")),
    )


def _path(folder: str | None) -> str | None:
    return unquote(urlsplit(folder).path) if folder and folder.startswith("file://") else folder
