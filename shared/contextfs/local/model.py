"""The nouns of the local store, as commands and sync see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.kit.fields import Moment
from contextfs.kit.overtaken import Overtaken


class LocalMemory(msgspec.Struct, frozen=True, kw_only=True):
    """A memory as it stands on this machine; `bodies` holds all texts of a conflict, the shown one first.

    `overtaken` says that it holds no longer, and what does instead.
    """

    id: UUID
    type: str
    title: str | None
    content: str
    tags: list[str]
    metadata: dict[str, Any]
    visibility: str
    sensitivity: str | None
    confidence: float | None
    pinned: bool
    valid_from: Moment | None
    valid_to: Moment | None
    expires_at: Moment | None
    provenance: list[dict[str, Any]]
    anchors: list[dict[str, Any]]
    author: str
    conflicted: bool
    deleted: bool
    bodies: list[str]
    version: str
    path: str
    created_at: Moment
    updated_at: Moment
    overtaken: Overtaken | None = None

    @property
    def occurred_at(self) -> datetime:
        """When it was said, as far as that is known: since when it holds, or when it was made."""
        return self.valid_from or self.created_at


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A memory after a write, and what the write did."""

    memory: LocalMemory
    stored: bool
    redacted: int = 0


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A file that cannot be taken in, and what is wrong with it. The file stays as it is."""

    path: str
    reason: str


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in the files since the last look."""

    edited: int = 0
    added: int = 0
    deleted: int = 0
    revived: int = 0
    moved: int = 0
    repaired: int = 0
    """Files that an interrupted command left behind, and that were brought into step now."""
    missing: int = 0
    """Files that are gone in such numbers that nothing was concluded from it."""
    unseen: int = 0
    """Files that changed, and were not taken in because the store cannot be written."""
    problems: tuple[Problem, ...] = ()

    @property
    def changes(self) -> int:
        """How many memories the files changed."""
        return self.edited + self.added + self.deleted + self.revived


class TakenIn(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of revisions from elsewhere did here."""

    revisions: int = 0
    memories: int = 0
    conflicted: int = 0


class MemoryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which memories a list shows; what is None does not matter."""

    type: str | None = None
    tags: list[str] | None = None
    author: str | None = None
    since: datetime | None = None
    conflicted: bool | None = None
    pinned: bool | None = None
    superseded: bool = False
    """Also those that hold no longer."""
    deleted: bool = False
    """Only deleted memories."""
    as_of: datetime | None = None
    """As they were known at this time."""
    limit: int = 50


class StoreStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the store stands."""

    memories: int
    conflicted: int
    unsent: int
    behind: list[str]
    """Files that show an older state than the store knows: git put them there."""
    problems: list[Problem]
