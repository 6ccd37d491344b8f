"""Turns the messages of a Gemini CLI session into ours."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contextfs.adapters.transcripts import turns
from contextfs.adapters.transcripts.model import Source, ToolCall, TranscriptMessage
from contextfs.adapters.transcripts.shapes import count, items, moment, table, text
from contextfs.adapters.transcripts.tally import Tally

_REPLIES = ("gemini", "model", "assistant")
_MACHINE = (
    "System: Please continue.",
    "System: Potential loop detected.",
    "This is the Gemini CLI. We are setting up the context for our chat",
)
_NUDGE, _AT_ONCE = "Please continue.", timedelta(seconds=5)
_REFERENCED = re.compile(
    r"\s*^--- Content from referenced files ---[ \t]*$.*?^--- End of content ---[ \t]*$", re.DOTALL | re.MULTILINE
)


class Speaker:
    """Makes messages, each tool's result once: a session keeps it with the call, and again in the user's name.

    In a session that another one started (`is_subagent`), nobody types.
    """

    def __init__(self, sources: dict[str, Source], tally: Tally, *, is_subagent: bool = False) -> None:
        self._sources = sources
        self._tally = tally
        self._is_subagent = is_subagent
        self._answered: set[str] = set()
        self._replied_at: datetime | None = None

    def messages(self, name: str, message: dict[str, Any]) -> Iterator[TranscriptMessage]:
        """Give what one message says: a prompt, a reply and its tools' results, or a notice of the tool."""
        kind = message.get("type")
        if kind == "user":
            yield from self._asked(name, message)
        elif kind in _REPLIES:
            yield from self._replied(name, message)
        elif made := turns.note(_written(message.get("content")), "meta", self._place(name, message)):
            yield made

    def _asked(self, name: str, message: dict[str, Any]) -> Iterator[TranscriptMessage]:
        place = self._place(name, message)
        for part in map(table, items(message.get("content"))):
            response = table(part.get("functionResponse"))
            if response:
                yield from self._result(response, name, place, is_error=False)
        shown, files = _REFERENCED.subn("", _written(message.get("displayContent")) or _written(message.get("content")))
        self._tally.add("injected:files", files)
        made = turns.prompt(
            shown, place, is_person=not self._is_subagent and not self._is_nudge(shown.strip(), place.at)
        )
        if made:
            yield made

    def _is_nudge(self, said: str, at: datetime | None) -> bool:
        """Tell whether the tool itself told its model to go on: what people type too, it says at once."""
        is_prompt_reply = bool(at and self._replied_at and at - self._replied_at < _AT_ONCE)
        return said.startswith(_MACHINE) or (said == _NUDGE and is_prompt_reply)

    def _replied(self, name: str, message: dict[str, Any]) -> Iterator[TranscriptMessage]:
        place = self._place(name, message)
        self._replied_at = place.at
        tokens = table(message.get("tokens"))
        done = [table(call) for call in items(message.get("toolCalls"))]
        asked = done or [
            table(table(part).get("functionCall"))
            for part in items(message.get("content"))
            if table(part).get("functionCall")
        ]
        self._tally.add("thinking", len(items(message.get("thoughts"))))
        made = turns.reply(
            _written(message.get("content")),
            place,
            calls=[self._call(call, f"{name}#{n}") for n, call in enumerate(asked)],
            model=text(message.get("model")),
            tokens=count(tokens.get("output")) if tokens else None,
        )
        if made:
            yield made
        for n, call in enumerate(done):
            failed = call.get("status") in ("error", "cancelled")
            responses = [table(table(part).get("functionResponse")) for part in items(call.get("result"))]
            given = [response for response in responses if response] or ([call] if call.get("resultDisplay") else [])
            for response in given[:1]:
                yield from self._result({"id": f"{name}#{n}"} | response, name, place, is_error=failed)

    def _call(self, call: dict[str, Any], fallback_id: str) -> ToolCall:
        return turns.call(
            text(call.get("id")), text(call.get("name")), call.get("args"), fallback_id=fallback_id, tally=self._tally
        )

    def _result(
        self, response: dict[str, Any], name: str, place: turns.Place, *, is_error: bool
    ) -> Iterator[TranscriptMessage]:
        call_id = text(response.get("id")) or name
        if call_id in self._answered:
            return
        self._answered.add(call_id)
        told = table(response.get("response"))
        yield turns.result(
            _output(told) or _written(response.get("resultDisplay")),
            place.called(f"{call_id}/result"),
            call_id=call_id,
            is_error=is_error or "error" in told,
        )

    def _place(self, name: str, message: dict[str, Any]) -> turns.Place:
        return turns.Place(
            external_id=name, tally=self._tally, at=moment(message.get("timestamp")), source=self._sources.get(name)
        )


def _written(content: object) -> str:
    """Give a content's text without thoughts: a string, or parts."""
    if isinstance(content, str):
        return content
    parts = [part if isinstance(part, str) else _part(table(part)) for part in items(content) or [content]]
    return "\n".join(part for part in parts if part)


def _part(part: dict[str, Any]) -> str:
    if part.get("thought") is True:
        return ""
    if part.get("inlineData") or part.get("fileData"):
        return "[attachment]"
    return text(part.get("text")) or ""


def _output(response: dict[str, Any]) -> str:
    plain = text(response.get("output")) or text(response.get("error"))
    return plain or (msgspec.json.encode(response).decode() if response else "")
