"""What consolidation looks at, and what it comes to: retirements that are sure, and those that a person decides."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal
from uuid import UUID

import msgspec

from contextfs.domain.memories.model import AuthorKind
from contextfs.domain.memories.revisions import Fields
from contextfs.kit.ids import named

Kind = Literal["duplicate", "contradiction", "stale", "left_behind"]

TRUST: Mapping[AuthorKind, int] = MappingProxyType({"tool": 1, "assistant": 2, "repository": 3, "human": 4})
"""How far a source is believed, against the others."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A memory as consolidation sees it.

    `owner` is the only one who sees it while it is private. `written` says that a person wrote or changed it by hand:
    it is not merged away unasked. `apart` are memories that it was kept apart from, by a person or by an undo.
    """

    id: UUID
    fields: Fields
    owner: str
    author_kind: AuthorKind
    written: bool
    created_at: datetime
    apart: frozenset[UUID] = frozenset()
    recalled_at: datetime | None = None
    """When it was handed to a conversation last; None where nothing can be said about that."""
    changed_at: datetime | None = None

    @property
    def border(self) -> tuple[str, str, str]:
        """Who may see it, and how sensitive it is: nothing is merged across."""
        is_private = self.fields.visibility == "private"
        return (self.fields.visibility, self.fields.sensitivity or "", self.owner if is_private else "")

    @property
    def said_at(self) -> datetime:
        """Since when it is said, as far as is known."""
        return self.fields.valid_from or self.created_at

    @property
    def trust(self) -> int:
        """How far its source is believed."""
        return TRUST[self.author_kind]


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """That a memory be retired: for one that says the same, for one that says otherwise, or for nobody asks for it."""

    kind: Kind
    memory_id: UUID
    other_id: UUID | None
    reason: str

    def id(self, project_id: UUID) -> UUID:
        """Give the id that follows from what is proposed: the same on every machine."""
        return named(project_id, "review", self.kind, str(self.memory_id), str(self.other_id or ""))


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is sure and is done, and what waits for a person; both in an order that depends on the memories alone."""

    sure: tuple[Proposal, ...] = ()
    open: tuple[Proposal, ...] = ()
