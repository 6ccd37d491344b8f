"""The nouns of recording: what passed on the wire, what was said in it, and what is kept of it."""

from datetime import datetime
from typing import Any, Protocol

import msgspec

from contextfs.domain.sessions.model import Kind, NewMessage, Role, ToolCall


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a model and its reply, as bytes; credentials stand in headers, which are never kept.

    `session` is what the caller calls the conversation; `scope` is the run of a program that it is a part of. Either
    may be unknown.
    """

    path: str
    request: bytes
    request_encoding: str = ""
    reply: bytes
    reply_type: str = ""
    reply_encoding: str = ""
    tool: str
    session: str | None = None
    scope: str | None = None
    began: datetime
    ended: datetime

    @property
    def size(self) -> int:
        """Bytes that it holds in memory."""
        return len(self.request) + len(self.reply)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said, in the same shape whatever API it was said in. `answers` is the call that a result is of."""

    role: Role
    content: str = ""
    calls: tuple[ToolCall, ...] = ()
    answers: str | None = None
    is_error: bool = False
    kind: Kind | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said that is kept: pictures and reasoning alone are not."""
        return not self.content.strip() and not self.calls


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a request holds: the conversation so far, or what is new in it `after` an earlier reply."""

    turns: list[Turn]
    model: str | None = None
    after: str | None = None
    session: str | None = None
    is_probe: bool = False
    """Whether it asks for one token at the most: programs test a key so, nobody is answered by it."""


class Replied(msgspec.Struct, frozen=True, kw_only=True):
    """What a reply holds; `id` is by what later requests may name it, and tokens are those of the whole call.

    `is_cut` tells that a stream ended before its last event.
    """

    turn: Turn | None = None
    is_cut: bool = False
    id: str | None = None
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    more: dict[str, int] = {}
    """Figures of the call beside its tokens, such as `cache_read_tokens`."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be added to a session; it is known by its tool and the name that follows from how it began."""

    tool: str
    external_id: str
    model: str | None
    messages: list[NewMessage]
    input_tokens: int
    output_tokens: int
    metadata: dict[str, Any]
    started_at: datetime

    @property
    def size(self) -> int:
        """Characters that it holds in memory, about."""
        return sum(len(one.content) for one in self.messages)


class Sink(Protocol):
    """Where sessions are kept. Errors are those of `contextfs.kit.errors`; what is sent twice is stored once."""

    def keep(self, kept: Kept) -> object:
        """Store messages that are not stored yet; gives what `complete` knows the session by."""
        ...

    def complete(self, session: object) -> None:
        """Close a session that was kept, so that memories are learned from it."""
        ...
