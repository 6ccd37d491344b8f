"""What a context pack is asked for, and what it answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.fields import AsOf, Moment, Word
from contextfs.kit.overtaken import Overtaken, Superseded


class ContextRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The task at hand, and how many tokens of memory its conversation can take."""

    project_id: UUID
    task: Annotated[str, Meta(min_length=1, max_length=10_000)]
    budget: Annotated[int, Meta(ge=50, le=200_000)] = 2000
    types: Annotated[list[Word], Meta(max_length=64)] | None = None
    messages: bool = True
    branch: Annotated[str, Meta(max_length=1000)] | None = None
    superseded: Superseded = False
    as_of: AsOf | None = None

    def at(self, now: datetime) -> "ContextRequest":
        """Give it as it is meant at a time: one that has not come is that time, and nothing to look back to."""
        return self if self.as_of is None or self.as_of < now else msgspec.structs.replace(self, as_of=None)


class ContextItem(msgspec.Struct, frozen=True, kw_only=True):
    """One memory or message of a pack, and why it is in. The text names a memory by its short id."""

    id: UUID
    short_id: str
    number: int | None = None
    """Under which number the text shows what was said; there it may be cut to the sentences that matter."""
    session_id: UUID | None = None
    type: str
    title: str
    source: str
    occurred_at: Moment | None
    relevance: float
    tokens: int
    reason: str
    overtaken: Overtaken | None = None


class ContextReply(msgspec.Struct, frozen=True, kw_only=True):
    """The pack: fenced text for the conversation, never over the budget. Tokens are estimated on the safe side.

    Use its `id` to explain it later; null if the choices could not be kept.
    """

    id: UUID | None = None
    text: str
    tokens: int
    budget: int
    tokens_are: str
    items: list[ContextItem]
    left_out: int
    degraded: list[str]
    notes: list[str] = []
    """Why it is empty."""
