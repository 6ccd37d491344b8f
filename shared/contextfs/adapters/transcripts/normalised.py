"""Maps a transcript to what the API takes: pure, and within every limit of the API whatever the file held."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, cast, overload

import msgspec

from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.domain.sessions.bounds import (
    LONGEST_LINE,
    LONGEST_TITLE,
    MOST_CALLS,
    MOST_OF_A_RESULT,
    MOST_OF_A_TEXT,
    MOST_TOKENS,
    clean,
    cut,
    identifier,
    shortened,
    tool_call,
)
from contextfs.domain.sessions.model import Git, NewMessage, NewSessionFields

_MOST_AT_ONCE = 5_000
_A_CLOCK_WAS_SET = timedelta(days=1)


class Normalised(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as it is sent, the names of messages that are off it, and what was left out of its record."""

    tool: str
    external_id: str
    fields: dict[str, Any]
    messages: Sequence[NewMessage]
    left: Sequence[str]
    aside: Sequence[str]
    ended_at: datetime | None
    skipped: dict[str, int]

    def session_fields(self) -> NewSessionFields:
        """Give what is said of the session, for the client."""
        return cast("NewSessionFields", self.fields)


def normalised(transcript: Transcript, *, tags: Iterable[str] = ()) -> Normalised:
    """Make of a transcript what the API takes."""
    usage = transcript.usage
    live = {one.external_id for one in transcript.messages} if transcript.left or transcript.aside else set[str]()
    left = _named(transcript.left, live)
    figures = {
        "cache_creation_tokens": usage.cache_creation_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": usage.cost,
    }
    metadata = transcript.metadata | {name: figure for name, figure in figures.items() if figure}
    fields = {
        "title": cut(transcript.title, LONGEST_TITLE),
        "model": cut(transcript.model, LONGEST_LINE),
        "git": Git(
            branch=cut(transcript.git_branch, LONGEST_LINE),
            commit=cut(transcript.git_commit, LONGEST_LINE),
            cwd=cut(transcript.cwd, LONGEST_LINE),
        ),
        "tags": list(tags),
        "metadata": clean(metadata),
        "input_tokens": min(usage.input_tokens, MOST_TOKENS),
        "output_tokens": min(usage.output_tokens, MOST_TOKENS),
        "started_at": transcript.started_at,
    }
    return Normalised(
        tool=transcript.tool,
        external_id=identifier(transcript.external_id),
        fields=fields,
        messages=_Mapped(transcript) if len(transcript.messages) > _MOST_AT_ONCE else list(_messages(transcript)),
        left=left,
        aside=_named(transcript.aside, {*live, *transcript.left}),
        ended_at=transcript.ended_at,
        skipped=transcript.skipped,
    )


def _named(names: Iterable[str], known: Collection[str]) -> list[str]:
    """Name messages that are no part of what goes on; what is said under the same name does."""
    return [identifier(name) for name in dict.fromkeys(names) if name not in known]


class _Mapped(Sequence[NewMessage]):
    """The messages of a long transcript, each made when it is asked for: memory stays flat."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript

    def __len__(self) -> int:
        return len(self._transcript.messages)

    def __iter__(self) -> Iterator[NewMessage]:
        return _messages(self._transcript)

    @overload
    def __getitem__(self, place: int) -> NewMessage: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[NewMessage]: ...
    def __getitem__(self, place: int | slice) -> NewMessage | Sequence[NewMessage]:
        return list(self)[place]


def _messages(transcript: Transcript) -> Iterator[NewMessage]:
    """Give the messages with times that do not go back, for the API orders by time.

    One without a time takes that of the one before. A step back of a day or more is a clock that was set: it is kept.
    """
    at = transcript.started_at
    for message in transcript.messages:
        told = message.created_at
        if told is not None:
            at = told if at is None or told > at or told < at - _A_CLOCK_WAS_SET else at
        yield _message(message, at)


def _message(message: TranscriptMessage, at: datetime | None) -> NewMessage:
    content, was = shortened(message.content, MOST_OF_A_RESULT if message.kind == "tool_result" else MOST_OF_A_TEXT)
    known = {
        "tool_call_id": message.tool_call_id,
        "is_error": message.is_error or None,
        "cut_from_characters": was,
        "calls_left_out": max(0, len(message.tool_calls) - MOST_CALLS) or None,
        "source": _source(message),
    }
    return NewMessage(
        role=message.role,
        content=content,
        external_id=identifier(message.external_id),
        kind=message.kind,
        tool_calls=[tool_call(call.id, call.name, call.input) for call in message.tool_calls[:MOST_CALLS]],
        model=cut(message.model, LONGEST_LINE),
        tokens=None if message.tokens is None else min(message.tokens, MOST_TOKENS),
        metadata=clean({name: value for name, value in known.items() if value is not None}),
        created_at=at,
    )


def _source(message: TranscriptMessage) -> str | None:
    """Say where the tool's own record is found again: what tells whether to read it anew.

    `12 at 3456+789 sha256:…` is line 12, which begins at byte 3456 and has 789 bytes; a row or an element has a name.
    """
    source = message.source
    if source is None:
        return None
    place = f"{source.record} of " if source.offset is None else f"{source.record} at {source.offset}+"
    return f"{place}{source.size} sha256:{source.sha256}"
