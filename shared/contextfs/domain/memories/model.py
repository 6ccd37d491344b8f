"""The nouns of a memory, as callers see them. What is stored of it are revisions (`revisions.py`)."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from contextfs.kit import forms
from contextfs.kit.fields import Metadata, Moment, Sensitivity, Tags, Title, Visibility
from contextfs.kit.overtaken import Overtaken
from contextfs.kit.receipt import Receipt

AuthorKind = Literal["human", "repository", "assistant", "tool"]
MemoryType = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=forms.TYPE,
        description="fact, episodic, procedural, user, decision (or `memory_fact` and so on), or your own word.",
    ),
]
Content = Annotated[str, Meta(min_length=1, max_length=200_000)]
Confidence = Annotated[float, Meta(ge=0, le=1)]
Line = Annotated[str, Meta(max_length=1000)]
LineNumber = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class Provenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a memory comes from: the session and messages that it was learned from, or an outside source."""

    session_id: UUID | None = None
    message_ids: Annotated[list[UUID], Meta(max_length=100)] = []
    source: Line | None = None
    tool: Line | None = None


class Anchor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The code that a memory is about."""

    path: Line
    lines: tuple[LineNumber, LineNumber] | None = None
    symbol: Line | None = None
    blob: Line | None = None


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """A memory as it is now. If two people changed its text at once, it is conflicted, and `bodies` holds both.

    `overtaken` says that it no longer holds, and what replaces it.
    """

    id: UUID
    project_id: UUID
    type: str
    title: str | None
    content: str
    tags: list[str]
    metadata: dict[str, Any]
    visibility: Visibility
    sensitivity: Sensitivity | None
    confidence: float | None
    pinned: bool
    valid_from: Moment | None
    valid_to: Moment | None
    expires_at: Moment | None
    provenance: list[dict[str, Any]]
    anchors: list[dict[str, Any]]
    author_id: UUID
    author_kind: AuthorKind
    session_id: UUID | None
    conflicted: bool
    bodies: list[str]
    version: str
    created_at: Moment
    updated_at: Moment
    overtaken: Overtaken | None = None


class NewMemory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new memory. The same text in the same project is not stored twice.

    Without a `type` it is a fact, unless the text is known with another type: then that one is meant.
    """

    project_id: UUID
    content: Content
    id: UUID | None = None
    type: MemoryType | UnsetType = UNSET
    title: Title | None = None
    tags: Tags = []
    metadata: Metadata = {}
    visibility: Visibility = "project"
    sensitivity: Sensitivity | None = None
    confidence: Confidence | None = None
    pinned: bool = False
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    expires_at: Moment | None = None
    provenance: Annotated[list[Provenance], Meta(max_length=100)] = []
    anchors: Annotated[list[Anchor], Meta(max_length=100)] = []
    author_kind: AuthorKind = "human"

    @property
    def kind(self) -> str:
        """The type that it gets when it is stored."""
        return "fact" if self.type is UNSET else self.type


class MemoryChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of a memory; fields that are left out stay. New `content` also resolves a conflict."""

    content: Content | UnsetType = UNSET
    type: MemoryType | UnsetType = UNSET
    title: Title | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    sensitivity: Sensitivity | UnsetType | None = UNSET
    confidence: Confidence | UnsetType | None = UNSET
    pinned: bool | UnsetType = UNSET
    valid_from: Moment | UnsetType | None = UNSET
    valid_to: Moment | UnsetType | None = UNSET
    expires_at: Moment | UnsetType | None = UNSET
    anchors: Annotated[list[Anchor], Meta(max_length=100)] | UnsetType = UNSET


class MemoryWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A memory after a write, and what the write did."""

    memory: Memory
    receipt: Receipt

    @property
    def version(self) -> str:
        """The version that ETag and If-Match speak of."""
        return self.memory.version


class RevisionShown(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of a memory's history: who wrote which state when, and what it was made from."""

    id: str
    parents: list[str]
    author: str
    clock: str
    stored_at: Moment
    fields: dict[str, Any]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All revisions of a memory, newest first."""

    memory_id: UUID
    revisions: list[RevisionShown]
