"""From what is sent to what is stored of a message: cleaned of secrets, with its kind and its time."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.sessions.model import Kind, Message, NewMessage, Role
from contextfs.domain.sessions.rules import gone_on
from contextfs.journeys.capture.clean import Cleaner
from contextfs.kit.pattern import pattern

_TITLE_LENGTH = 120
_MARK = pattern(r"\s*+<([a-z][a-z0-9]*+(?:[-_][a-z0-9]++)++)(?:\s[^<>]*+)?>(?s:.)*?</\1>")
_KINDS: dict[Role, Kind] = {"user": "prompt", "assistant": "reply", "tool": "tool_result", "system": "meta"}


def cleaned(new: NewMessage, cleaner: Cleaner) -> NewMessage:
    """Give a message without secrets."""
    told = cleaner.fields(new, texts=("content",), values=("metadata",))
    if not new.tool_calls:
        return told
    calls = [cleaner.fields(tool_call, values=("input",)) for tool_call in new.tool_calls]
    return msgspec.structs.replace(told, tool_calls=calls)


def message(clean: NewMessage, *, session_id: UUID, message_id: UUID, now: datetime) -> Message:
    """Make the message that is stored of one without secrets; one that brings no time is of now."""
    return Message(
        id=message_id,
        session_id=session_id,
        external_id=clean.external_id,
        role=clean.role,
        kind=clean.kind or _KINDS[clean.role],
        content=clean.content,
        tool_calls=clean.tool_calls,
        model=clean.model,
        tokens=clean.tokens,
        metadata=clean.metadata,
        created_at=clean.created_at or now,
    )


def title_of(messages: Iterable[Message]) -> str | None:
    """Name a session by the first line that somebody said in a prompt: what a tool puts before it is no name."""
    said = (_said(message.content) for message in messages if message.kind == "prompt")
    line = next(filter(None, said), "").split("\n", 1)[0].strip()
    return f"{line[:_TITLE_LENGTH]}…" if len(line) > _TITLE_LENGTH else line or None


def retitled(title: str | None, messages: Iterable[Message]) -> str | None:
    """Give a session's name once messages were left behind, or go on again; all of them are given, in any order.

    One that was made of a prompt is made anew of the first that stands. One that a person or a tool gave stays;
    where there is none, as all prompts were left behind, it is that of the first one that stands.
    """
    ordered = sorted(messages, key=lambda one: (one.created_at, one.id))
    if title is None:
        return title_of(ordered)
    first = next((one for one in ordered if one.kind == "prompt" and _is_of(title, one)), None)
    anew = title_of(ordered)
    if anew is not None and first is not None and title_of([first]) == anew:
        return title
    is_made = any(one.kind == "prompt" and _is_of(title, one) for one in map(gone_on, ordered))
    return anew if is_made else title


def _is_of(title: str | None, prompt: Message) -> bool:
    """Tell whether a name was made of a prompt: it is one of its lines, or how one begins."""
    start = (title or "").removesuffix("…").rstrip()
    lines = (line.strip() for line in prompt.content.splitlines())
    return start != "" and any(line == title or (start != title and line.startswith(start)) for line in lines)


def _said(prompt: str) -> str:
    """Give a prompt without the elements that a tool put before it, as `<current_datetime>…</current_datetime>`."""
    start = 0
    while mark := _MARK.match(prompt, start):
        start = mark.end()
    return prompt[start:].strip()
