"""What is learned from: the turns of one session, in their order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class ToolUse(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the assistant called, with its input as JSON."""

    name: str
    input: Any = None
    id: str | None = None


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a session.

    `role` is user, assistant, tool or system. `kind`, where known, is the session's word for it (prompt, reply,
    tool_result, summary, injected, meta). `answers` is the id of the tool call whose result this is, and `failed`
    says that the tool reported an error; both may be unknown.
    """

    message_id: UUID
    role: str
    content: str
    tool_calls: tuple[ToolUse, ...] = ()
    created_at: datetime | None = None
    index: int = 0
    kind: str | None = None
    answers: str | None = None
    failed: bool = False


def is_human(turn: Turn) -> bool:
    """Say whether a person wrote this turn."""
    return turn.role == "user" and turn.kind in {None, "prompt"}


def is_reply(turn: Turn) -> bool:
    """Say whether the assistant wrote this turn to be read by a person."""
    return turn.role == "assistant" and turn.kind in {None, "reply"}


def closing(turns: Sequence[Turn]) -> frozenset[UUID]:
    """Give the ids of the replies that close an exchange: the last with words before a person speaks, or the end."""
    found: set[UUID] = set()
    last: UUID | None = None
    for turn in turns:
        if is_human(turn):
            found |= {last} if last else set()
            last = None
        elif is_reply(turn) and turn.content.strip():
            last = None if turn.tool_calls else turn.message_id
    return frozenset(found | ({last} if last else set()))
