"""How messages are known again, what they say, and what a session is once messages came to it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from contextfs.domain.sessions.model import Kind, Message, NewMessage, Role, Session

_TICK = timedelta(microseconds=1)
_ROLES: dict[Kind, Role] = {"prompt": "user", "reply": "assistant", "tool_result": "tool"}
LEFT_BEHIND: Final = "left_behind"
"""What a message that was left behind says in its metadata: the kind that it had."""

_OURS: Final = frozenset(
    {
        *("aider", "chatgpt", "claude-ai", "claude-code", "cline", "codex", "continue", "copilot", "copilot-chat"),
        *("cursor", "gemini", "llm", "opencode", "otlp", "proxy", "specstory", "windsurf", "zed"),
    }
)

TOLD_TWICE: Final = "cursor"
"""The tool whose database and whose files tell of the same conversations, each in its own words."""
IN_ANOTHER_FORM: Final = (
    "The conversation is kept as Cursor's other record tells it: it goes on in that form, and nothing of this one is "
    "stored."
)
_FORM: Final = "agent"
"""What such a conversation says in its metadata where its agent's file tells it."""
SOURCE: Final = "source"
"""Where in its file a record stands says nothing of what it says."""


def named(messages: Iterable[NewMessage]) -> Iterator[NewMessage]:
    """Give each message an external id: its place, when it brings none. That is what makes a capture repeatable."""
    for place, message in enumerate(messages):
        yield message if message.external_id is not None else msgspec.structs.replace(message, external_id=f"#{place}")


def told_tool(name: str) -> str:
    """Give a tool as logs tell it: a word of somebody's own may say what a private session is about."""
    return name if name in _OURS else "own"


def is_told_otherwise(tool: str, known: Mapping[str, Any], coming: Mapping[str, Any]) -> bool:
    """Tell whether a conversation of Cursor's is known as its editor tells it, and comes as its agent does, or back.

    `known` and `coming` are the metadata of the session. The two name its messages differently: each would be there
    twice.
    """
    return tool == TOLD_TWICE and bool(known.get(_FORM)) != bool(coming.get(_FORM))


def in_form(session: Session, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Give new metadata of a session, which say as those before did who tells it: what comes next is told so, too."""
    told = {_FORM: session.metadata[_FORM]} if session.tool == TOLD_TWICE and _FORM in session.metadata else {}
    return dict(metadata) | told


def says(one: Message) -> tuple[Any, ...]:
    """Give what a message says: of one record, two readings that are equal in it are one."""
    plain = {name: value for name, value in one.metadata.items() if name != SOURCE}
    calls = [(call.id, call.name, call.input) for call in one.tool_calls]
    return one.role, one.kind, one.content, calls, one.model, one.tokens, plain, one.created_at


def is_left_behind(one: Message) -> bool:
    """Tell whether a message was taken back, or stands on a branch that nobody goes on with."""
    return LEFT_BEHIND in one.metadata


def left_behind(one: Message) -> Message:
    """Give a message as it stands once it was left behind: it is there, and part of the conversation no more."""
    if is_left_behind(one):
        return one
    return msgspec.structs.replace(one, role="system", kind="meta", metadata=one.metadata | {LEFT_BEHIND: one.kind})


def gone_on(one: Message) -> Message:
    """Give a message that was left behind as it was before: it is part of a conversation again."""
    if not is_left_behind(one):
        return one
    kind = _kind(one.metadata[LEFT_BEHIND])
    metadata = {name: value for name, value in one.metadata.items() if name != LEFT_BEHIND}
    return msgspec.structs.replace(one, role=_ROLES.get(kind, "system"), kind=kind, metadata=metadata)


def _kind(told: object) -> Kind:
    """Read the kind that a message had; whoever sent it may have said anything."""
    try:
        return msgspec.convert(told, Kind)
    except msgspec.ValidationError:
        return "meta"


def is_older(told: Collection[str | None], stored: Iterable[Message]) -> bool:
    """Tell whether a record ends before what is stored of its session: it does not tell what became of that.

    `told` are the names of all messages that it knows of, those that it left behind included.
    """
    ends: dict[bool, datetime] = {}
    for one in stored:
        if one.external_id is not None:
            is_told = one.external_id in told
            ends[is_told] = max(ends.get(is_told, one.created_at), one.created_at)
    return False in ends and (True not in ends or ends[True] < ends[False])


def are_new(messages: Iterable[NewMessage]) -> bool:
    """Tell whether none of them can be stored already: what comes without an id of its own is stored each time."""
    return all(message.id is None and message.external_id is None for message in messages)


def grown(session: Session, messages: int, *, title: str | None, now: datetime) -> Session:
    """Give a session that so many messages came to: it is open again, and takes a title if it has none."""
    return msgspec.structs.replace(
        session,
        message_count=session.message_count + messages,
        status="open",
        ended_at=None,
        title=title if session.title is None else session.title,
        updated_at=max(now, session.updated_at + _TICK),
    )
