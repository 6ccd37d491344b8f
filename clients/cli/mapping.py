"""Maps a transcript to what the API takes: pure, and within every limit of the API whatever the file held."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, cast

import msgspec

from contextfs.adapters.transcripts.model import ToolCall as Called
from contextfs.adapters.transcripts.model import Transcript, TranscriptMessage
from contextfs.adapters.transcripts.shapes import is_deep
from contextfs.domain.sessions.model import Git, NewMessage, NewSessionFields, ToolCall

MOST_OF_A_RESULT = 20_000
"""Characters of a tool's output, or of a value that a tool was given, that are stored."""
MOST_OF_A_TEXT = 1_000_000
"""Characters of any other message that are stored."""

_MOST_OF_AN_INPUT = 200_000
_MOST_CALLS = 500
_MOST_TOKENS = 2_000_000_000
_LONGEST_ID, _LONGEST_LINE, _LONGEST_TITLE, _LONGEST_NAME = 300, 1000, 500, 300
_DEEPEST_INPUT = 60
_NUL = "\x00"


class Normalised(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as it is sent, and what was left out of it by kind of record."""

    tool: str
    external_id: str
    fields: dict[str, Any]
    messages: list[NewMessage]
    ended_at: datetime | None
    skipped: dict[str, int]

    def session_fields(self) -> NewSessionFields:
        """Give what is said of the session, for the client."""
        return cast("NewSessionFields", self.fields)


def normalised(transcript: Transcript, *, tags: Iterable[str] = ()) -> Normalised:
    """Make of a transcript what the API takes."""
    usage = transcript.usage
    figures = {
        "cache_creation_tokens": usage.cache_creation_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": usage.cost,
    }
    metadata = transcript.metadata | {name: figure for name, figure in figures.items() if figure}
    fields = {
        "title": _cut(transcript.title, _LONGEST_TITLE),
        "model": _cut(transcript.model, _LONGEST_LINE),
        "git": Git(
            branch=_cut(transcript.git_branch, _LONGEST_LINE),
            commit=_cut(transcript.git_commit, _LONGEST_LINE),
            cwd=_cut(transcript.cwd, _LONGEST_LINE),
        ),
        "tags": list(tags),
        "metadata": _clean(metadata),
        "input_tokens": min(usage.input_tokens, _MOST_TOKENS),
        "output_tokens": min(usage.output_tokens, _MOST_TOKENS),
        "started_at": transcript.started_at,
    }
    return Normalised(
        tool=transcript.tool,
        external_id=_id(transcript.external_id),
        fields=fields,
        messages=list(_messages(transcript)),
        ended_at=transcript.ended_at,
        skipped=transcript.skipped,
    )


def _messages(transcript: Transcript) -> Iterator[NewMessage]:
    """Give the messages; one without a time takes that of the one before, for the API orders by time."""
    at = transcript.started_at
    for message in transcript.messages:
        at = message.created_at or at
        yield _message(message, at)


def _message(message: TranscriptMessage, at: datetime | None) -> NewMessage:
    content, cut = _shortened(message.content, MOST_OF_A_RESULT if message.kind == "tool_result" else MOST_OF_A_TEXT)
    known = {
        "tool_call_id": message.tool_call_id,
        "is_error": message.is_error or None,
        "cut_from_characters": cut,
        "calls_left_out": max(0, len(message.tool_calls) - _MOST_CALLS) or None,
        "source": _source(message),
    }
    return NewMessage(
        role=message.role,
        content=content,
        external_id=_id(message.external_id),
        kind=message.kind,
        tool_calls=[_call(call) for call in message.tool_calls[:_MOST_CALLS]],
        model=_cut(message.model, _LONGEST_LINE),
        tokens=None if message.tokens is None else min(message.tokens, _MOST_TOKENS),
        metadata=_clean({name: value for name, value in known.items() if value is not None}),
        created_at=at,
    )


def _source(message: TranscriptMessage) -> dict[str, Any] | None:
    """Say where the tool's own record is found again: what tells whether to read it anew."""
    source = message.source
    if source is None:
        return None
    known = {"record": source.record, "offset": source.offset, "size": source.size, "sha256": source.sha256}
    return {name: value for name, value in known.items() if value is not None}


def _call(call: Called) -> ToolCall:
    return ToolCall(
        name=_cut(call.name, _LONGEST_NAME) or "unknown", id=_cut(call.id, _LONGEST_LINE), input=_input(call.input)
    )


def _input(value: Any) -> Any:
    """Keep what a tool was given; what is too large or too deep is kept as the beginning of its text."""
    deep = is_deep(value, _DEEPEST_INPUT)
    kept = None if deep else _clean(value)
    if not deep and len(msgspec.json.encode(kept)) <= _MOST_OF_AN_INPUT:
        return kept
    return {"cut": _shortened(msgspec.json.encode(value).decode(), MOST_OF_A_RESULT)[0]}


def _clean(value: Any) -> Any:
    """Take NULs out of a JSON value, which the store cannot hold, and cut its long texts."""
    if isinstance(value, str):
        return _shortened(value, MOST_OF_A_RESULT)[0]
    if isinstance(value, dict):
        return {_without_nul(str(name)): _clean(one) for name, one in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in cast("list[Any]", value)]
    return value


def _shortened(text: str, most: int) -> tuple[str, int | None]:
    """Cut a long text in its middle: beginnings say what it is, ends how it came out. Gives the length of a cut one."""
    text = _without_nul(text)
    if len(text) <= most:
        return text, None
    head, tail = most * 3 // 4, most // 4
    return f"{text[:head]}\n[… {len(text) - head - tail:,} characters …]\n{text[-tail:]}", len(text)


def _cut(text: str | None, longest: int) -> str | None:
    return _without_nul(text)[:longest] if text else None


def _without_nul(text: str) -> str:
    return text.replace(_NUL, "�") if _NUL in text else text


def _id(text: str) -> str:
    """Keep an id; one that is too long is known by its hash."""
    clean = _without_nul(text)
    return clean if len(clean) <= _LONGEST_ID else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
