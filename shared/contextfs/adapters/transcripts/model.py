"""The normalised nouns: what any tool's transcript becomes, whatever shape it had on disk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

import msgspec

Role = Literal["user", "assistant", "system", "tool"]
Kind = Literal["prompt", "reply", "tool_result", "summary", "injected", "meta"]


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens that a session spent; each model call is counted once, and each figure means what the tool means by it.

    Most tools count cached tokens within the input, Anthropic's and OpenCode beside it. `cost` is in US dollars, where
    the tool tells it.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_creation_tokens: int = 0
    cache_read_tokens: int = 0
    reasoning_tokens: int = 0
    cost: float | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the tool's own record of a message is found again: a line from 1 or a row's key, and the bytes of it.

    `sha256` are the first digits of the record's hash, by which one tells whether it is still the same.
    """

    DIGITS: ClassVar[int] = 32

    record: int | str
    size: int
    sha256: str
    offset: int | None = None


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the assistant asked for; `input` is JSON as the tool's schema has it."""

    id: str
    name: str
    input: Any = None


class TranscriptMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the live branch.

    `role` is `user` exactly when `kind` is `prompt`: what a tool writes in the user's name (notices, slash
    commands, injected context) is `system`, so that it is never mistaken for a person.
    `tokens` counts what the model wrote, on replies only. `parent_id` is the message before it.
    `tool_call_id` says which call a tool's result answers.
    """

    external_id: str
    role: Role
    kind: Kind
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    is_error: bool = False
    created_at: datetime | None = None
    model: str | None = None
    tokens: int | None = None
    parent_id: str | None = None
    source: Source | None = None


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation with one tool, from its first message to its last on the live branch.

    `left` names the messages that the record tells of as well, and that were left behind: taken back, or on a branch
    that nobody goes on with. `aside` names those of other branches, of which that is not certain: what is known of
    them stands. `usage` covers all that was spent, such branches and subagents in the same file included.
    `skipped` counts what was left out, by kind of record. Every transcript has at least one message; those of a
    long one are read from a file as they are asked for, so go through them once.
    """

    tool: str
    external_id: str
    title: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    model: str | None = None
    cwd: str | None = None
    git_branch: str | None = None
    git_commit: str | None = None
    messages: Sequence[TranscriptMessage] = ()
    left: Sequence[str] = ()
    aside: Sequence[str] = ()
    usage: Usage = Usage()
    skipped: dict[str, int] = {}
    metadata: dict[str, Any] = {}
