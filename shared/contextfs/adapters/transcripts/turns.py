"""Makes messages of what was said: whose voice a text is, what of it was injected, and what a tool was asked."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS
from contextfs.adapters.transcripts.injected import without_fence
from contextfs.adapters.transcripts.model import Kind, Source, ToolCall, TranscriptMessage
from contextfs.adapters.transcripts.shapes import is_deep
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.voices import heard

_DIGITS = 32


class Names:
    """Names records that bring no id by what they say: the same record has the same name in every copy of a history.

    A record that occurs twice in one conversation is numbered.
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, *parts: object) -> str:
        """Give the name of a record that says `parts`."""
        data = msgspec.json.encode(parts, enc_hook=str, order="sorted")
        digest = hashlib.sha256(data).hexdigest()[:_DIGITS]
        return self.once(digest)

    def once(self, name: str) -> str:
        """Give a name that was not given before: the name itself, or with a number."""
        self._seen[name] += 1
        return name if self._seen[name] == 1 else f"{name}#{self._seen[name]}"


def source(record: str, value: object) -> Source:
    """Tell by its key where a record is found again that is no line, and by what it is recognised."""
    data = value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
    return Source(record=record, size=len(data), sha256=hashlib.sha256(data).hexdigest()[: Source.DIGITS])


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a message stands: its name, its time, the record that it was read from; and what counts the rest."""

    external_id: str
    tally: Tally
    at: datetime | None = None
    source: Source | None = None

    def called(self, external_id: str) -> "Place":
        """Give the same place for another message of the same record."""
        return msgspec.structs.replace(self, external_id=external_id)


def prompt(said: str, place: Place, *, is_person: bool = True, is_typed: bool = False) -> TranscriptMessage | None:
    """Make a message of a text in the user's name; None when all of it was injected.

    `is_person` is false where the record itself says that the tool wrote it, `is_typed` true where it says that a
    person did: then it is a prompt whatever it looks like.
    """
    kind, content = heard(said, place.tally)
    if not content:
        return None
    if kind in ("prompt", "meta"):
        kind = "prompt" if is_person and (is_typed or kind == "prompt") else "meta"
    return TranscriptMessage(
        external_id=place.external_id,
        role="user" if kind == "prompt" else "system",
        kind=kind,
        content=content,
        created_at=place.at,
        source=place.source,
    )


def reply(
    said: str,
    place: Place,
    *,
    calls: Iterable[ToolCall] = (),
    model: str | None = None,
    tokens: int | None = None,
) -> TranscriptMessage | None:
    """Make a message of the assistant's; None when it says nothing and calls nothing."""
    content = without_fence(said, place.tally).strip()
    named = {call.id: call for call in calls}
    if not content and not named:
        return None
    return TranscriptMessage(
        external_id=place.external_id,
        role="assistant",
        kind="reply",
        content=content,
        tool_calls=tuple(named.values()),
        created_at=place.at,
        model=model,
        tokens=tokens,
        source=place.source,
    )


def result(output: str, place: Place, *, call_id: str | None = None, is_error: bool = False) -> TranscriptMessage:
    """Make a message of a tool's output, which may be empty."""
    return TranscriptMessage(
        external_id=place.external_id,
        role="tool",
        kind="tool_result",
        content=without_fence(output, place.tally),
        tool_call_id=call_id,
        is_error=is_error,
        created_at=place.at,
        source=place.source,
    )


def note(said: str, kind: Kind, place: Place) -> TranscriptMessage | None:
    """Make a message of what the tool says: a `summary`, `injected` context or a `meta` notice.

    None when it says nothing, or nothing but what we handed it: that is here already.
    """
    content = without_fence(said, place.tally).strip()
    if not content:
        return None
    return TranscriptMessage(
        external_id=place.external_id,
        role="system",
        kind=kind,
        content=content,
        created_at=place.at,
        source=place.source,
    )


def call(call_id: str | None, name: str | None, given: object, *, fallback_id: str, tally: Tally) -> ToolCall:
    """Make a tool call; what was given is JSON, or JSON as text. Too deep JSON is counted and left out."""
    value = _decoded(given) if isinstance(given, str) else given
    if is_deep(value):
        tally.add("deep_input")
        value = None
    return ToolCall(id=call_id or fallback_id, name=name or "unknown", input=value)


def _decoded(given: str) -> Any:
    try:
        return msgspec.json.decode(given)
    except FAULTS:
        return given
