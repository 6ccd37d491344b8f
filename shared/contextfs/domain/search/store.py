"""Questions and commands about passages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.search.bm25 import sparsevec_text
from contextfs.kit.fields import Sensitivity, Visibility
from contextfs.kit.ports import Parameters, Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.search")


class PassageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A search as the store takes it: hashed terms, a vector if there is one, and filters (None: all)."""

    term_keys: list[int]
    term_dimensions: list[int]
    vector: str | None
    model: str | None
    candidates: int
    projects: list[UUID] | None
    sources: list[str] | None
    types: list[str] | None
    tags: list[str] | None
    author: UUID | None
    tools: list[str] | None
    branch: str | None
    since: datetime | None
    until: datetime | None
    visibilities: list[Visibility] | None
    sensitivities: list[Sensitivity] | None
    at: datetime
    """What has ended by then is left out."""


class Seen(msgspec.Struct, frozen=True):
    """By whom a passage is seen, and how sensitive it is; None: nobody told."""

    visibility: str
    sensitivity: str | None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A passage that a leg proposed, or one beside it, with the raw scores of both: BM25, and cosine similarity."""

    id: UUID
    project_id: UUID
    source: Any
    source_id: UUID
    session_id: UUID | None
    ordinal: int
    starts: int
    ends: int
    context: str
    body: str
    type: str
    tags: list[str]
    tool: str | None
    branch: str | None
    author_id: UUID
    trust: float
    pinned: bool
    occurred_at: datetime
    place: int | None
    role: str | None
    speaker: str | None
    lexical: float | None
    semantic: float | None
    held: list[float]
    """The idf of each of the question's first 64 words that it holds, 0 for the others."""
    rarities: list[float]
    """The idf of each of these words, the same for all candidates."""
    seen: Seen | None = None
    """None: it was not looked up."""


class Visible(NamedTuple):
    """How many sessions and memories somebody may see."""

    sessions: int
    memories: int


def search(tx: Transaction, query: PassageQuery) -> list[Candidate]:
    """Ask both legs for candidates, in one round trip."""
    return [Candidate(**row) for row in tx.all(_SQL["search"], msgspec.structs.asdict(query))]


def of_memories(
    tx: Transaction, query: PassageQuery, memories: Sequence[UUID], rarities: Sequence[float]
) -> list[Candidate]:
    """Give the passages of some memories within the filters of a query, with the raw scores of both legs.

    `rarities` are the idf values of the query's first terms, as `search` told them.
    """
    idfs: dict[int, float] = {}
    for dimension, idf in zip(query.term_dimensions, rarities, strict=False):
        idfs[dimension] = idfs.get(dimension, 0.0) + idf
    asked = {"memories": list(memories), "rarities": list(rarities), "idfs": sparsevec_text(idfs) if idfs else None}
    return [Candidate(**row) for row in tx.all(_SQL["of_memories"], msgspec.structs.asdict(query) | asked)]


def listed(tx: Transaction, query: PassageQuery) -> list[Candidate]:
    """Give the newest passages within the filters of a query, whatever they say."""
    return [Candidate(**row) for row in tx.all(_SQL["listed"], msgspec.structs.asdict(query))]


def pinned(tx: Transaction, project_id: UUID, *, at: datetime, limit: int) -> list[Row]:
    """Read the pinned memories of a project."""
    return tx.all(_SQL["pinned"], {"project_id": project_id, "at": at, "limit": limit})


def visible(tx: Transaction, things: Iterable[UUID], query: PassageQuery) -> Visible:
    """Count the sessions and memories among some things that may be seen, and can be within the filters of a query."""
    row = tx.one(_SQL["visible"], msgspec.structs.asdict(query) | {"things": list(things)})
    return Visible(**row) if row else Visible(0, 0)


def conflicted(tx: Transaction, memories: Iterable[UUID]) -> frozenset[UUID]:
    """Tell which of some memories are in conflict."""
    return frozenset(row["id"] for row in tx.all(_SQL["conflicted"], {"ids": list(memories)}))


def restricted(tx: Transaction, passages: Iterable[UUID]) -> frozenset[UUID]:
    """Tell which of some passages are for few eyes."""
    return frozenset(row["id"] for row in tx.all(_SQL["restricted"], {"ids": list(passages)}))


def seen(tx: Transaction, passages: Iterable[UUID]) -> dict[UUID, Seen]:
    """Tell of some passages by whom they are seen, and how sensitive they are."""
    return {row.pop("id"): Seen(**row) for row in tx.all(_SQL["seen"], {"ids": list(passages)})}


def ends(tx: Transaction, memories: Iterable[UUID]) -> dict[UUID, Row]:
    """Tell of some memories until when they hold, and what they were retired for."""
    return {row.pop("id"): row for row in tx.all(_SQL["ends"], {"ids": list(memories)})}


def trim(tx: Transaction, kept: Mapping[UUID, int]) -> None:
    """Take away what a source has no more: its passages from this number on."""
    tx.run(_SQL["trim"], {"sources": list(kept), "kept": list(kept.values())})


def add(tx: Transaction, passages: Sequence[Parameters]) -> None:
    """Store passages, anew where they are there already. What is new or says something else waits for its vectors."""
    tx.many(_SQL["add"], passages)


def messages(tx: Transaction, session_id: UUID, *, anew: bool) -> list[Row]:
    """Read the messages of a session that are searched through: all, or those that have no passages yet."""
    return tx.all(_SQL["messages"], {"session_id": session_id, "anew": anew})


def next_place(tx: Transaction, session_id: UUID) -> int:
    """Give the place behind the last passage of a session."""
    row = tx.one(_SQL["next_place"], {"session_id": session_id})
    return row["place"] if row else 0


def way(tx: Transaction) -> str:
    """Tell how the last search of this transaction compared vectors: `exact`, `graph`, or `none`."""
    return (tx.one(_SQL["way"]) or {"way": "none"})["way"]
