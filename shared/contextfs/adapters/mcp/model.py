"""The nouns of our tools: what a model asks, and what it is answered. A field's description is what the model reads."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from contextfs.domain.memories.model import MemoryType
from contextfs.kit.fields import Sensitivities, Visibilities

Id = Annotated[str, Meta(min_length=6, max_length=64)]
Line = Annotated[str, Meta(min_length=1, max_length=500)]
Query = Annotated[str, Meta(min_length=1, max_length=10_000, description="In your own words.")]
Since = Annotated[str, Meta(max_length=40, description="Not older than this: 2026-11-01, or 12h, 7d, 4w ago.")]
Until = Annotated[str, Meta(max_length=40, description="Not newer than this.")]
AsOf = Annotated[str, Meta(max_length=40, description="What was known then.")]
Source = Annotated[Literal["memory", "message"], Meta(description="Only what is known, or what was said.")]
Branch = Annotated[Line, Meta(description="Only from this git branch.")]


class Search(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `contextfs_search` takes."""

    query: Query
    type: Annotated[str, Meta(max_length=64, description="fact, decision, procedural, user, episodic")] | None = None
    source: Source | None = None
    tag: Annotated[Line, Meta(description="Only with this tag.")] | None = None
    branch: Branch | None = None
    since: Since | None = None
    until: Until | None = None
    visibility: Visibilities | None = None
    sensitivity: Sensitivities | None = None
    superseded: Annotated[bool, Meta(description="Also what holds no longer.")] = False
    as_of: AsOf | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 8


class Remember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `contextfs_remember` takes."""

    content: Annotated[
        str, Meta(min_length=1, max_length=20_000, description="One fact, in a sentence or two that stand alone.")
    ]
    type: Annotated[
        MemoryType | UnsetType,
        Meta(
            description=(
                "fact, where it is left out; decision (with its reason); procedural (how to); user (a preference); "
                "episodic (what happened)"
            )
        ),
    ] = UNSET
    title: Line | None = None
    tags: Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(max_length=20)] = []


class Recall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `contextfs_recall` takes."""

    ids: Annotated[list[Id], Meta(min_length=1, max_length=10, description="Ids of memories, as search gives them.")]


class ListSessions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `contextfs_list_sessions` takes."""

    tool: Annotated[Line, Meta(description="Only of this tool, e.g. claude-code.")] | None = None
    branch: Branch | None = None
    since: Since | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class GetSession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `contextfs_get_session` takes."""

    id: Id
    around: Annotated[Id, Meta(description="A message's id: begin shortly before it.")] | None = None
    offset: Annotated[int, Meta(ge=0, le=10_000_000, description="Messages to skip.")] = 0
    limit: Annotated[int, Meta(ge=1, le=100, description="1 gives a message whole; more cut long ones.")] = 20


class Context(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `contextfs_context` takes."""

    task: Query
    budget: Annotated[int, Meta(ge=100, le=50_000, description="Tokens at the most.")] = 2000
    branch: Branch | None = None
    as_of: AsOf | None = None


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing found, small. A message names its session."""

    source: Literal["memory", "message"]
    id: UUID
    session_id: UUID | None
    type: str
    snippet: str
    occurred_at: datetime | None
    relevance: float
    overtaken: str = ""
    """That it holds no longer, and what does instead."""
    conflicted: bool = False
    """It has several texts, and which one holds is not settled."""


class Hits(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, best first; `degraded` tells what could not take part, `notes` why nothing was found."""

    hits: list[Hit]
    degraded: list[str] = []
    notes: list[str] = []


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """What a write did: `stored` is False when the same was known already."""

    id: UUID
    type: str
    stored: bool
    redacted: int = 0


class Recalled(msgspec.Struct, frozen=True, kw_only=True):
    """A memory whole; `others` are the rival texts of a conflict."""

    id: UUID
    type: str
    title: str | None
    content: str
    tags: list[str]
    author: str
    updated_at: datetime
    others: list[str] = []
    overtaken: str = ""
    """That it holds no longer, and what does instead."""


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation, as a list shows it."""

    id: UUID
    tool: str
    title: str | None
    branch: str | None
    started_at: datetime
    messages: int


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a conversation."""

    id: UUID
    role: str
    kind: str
    text: str
    at: datetime
    calls: list[str] = []
    """Names of the tools that were called in it."""


class SessionPart(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation, and some of its messages from `offset` on."""

    session: SessionLine
    offset: int
    messages: list[Said]


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """A context pack: fenced text, and what it took. The user can ask by its id why it is as it is."""

    id: UUID | None
    text: str
    items: int
    tokens: int
    budget: int
    left_out: int
    degraded: list[str] = []
    notes: list[str] = []
    """Why it is empty."""
