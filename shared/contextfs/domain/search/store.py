"""Questions and commands about passages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

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
    at: datetime


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A passage that a leg proposed, with the raw scores of both: BM25, and cosine similarity."""

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
    lexical: float | None
    semantic: float | None
    embedded: bool


def search(tx: Transaction, query: PassageQuery) -> list[Candidate]:
    """Ask both legs for candidates, in one round trip."""
    return [Candidate(**row) for row in tx.all(_SQL["search"], msgspec.structs.asdict(query))]


def pinned(tx: Transaction, project_id: UUID, *, at: datetime, limit: int) -> list[Row]:
    """Read the pinned memories of a project."""
    return tx.all(_SQL["pinned"], {"project_id": project_id, "at": at, "limit": limit})


def clear_memory(tx: Transaction, memory_id: UUID) -> None:
    """Take a memory's passages away."""
    tx.run(_SQL["clear_memory"], {"memory_id": memory_id})


def clear_session(tx: Transaction, session_id: UUID) -> None:
    """Take a session's passages away."""
    tx.run(_SQL["clear_session"], {"session_id": session_id})


def add(tx: Transaction, passages: Sequence[Parameters]) -> None:
    """Store passages; one that is stored already stays."""
    tx.many(_SQL["add"], passages)


def unindexed_messages(tx: Transaction, session_id: UUID) -> list[Row]:
    """Read the messages of a session that have no passages yet."""
    return tx.all(_SQL["unindexed_messages"], {"session_id": session_id})


def waiting(tx: Transaction, limit: int) -> list[Row]:
    """Take passages that have no vector yet, and hold them."""
    return tx.all(_SQL["waiting"], {"limit": limit})


def embed(tx: Transaction, model: str, vectors: Sequence[tuple[UUID, str]]) -> None:
    """Give passages their vectors."""
    tx.many(_SQL["embed"], [{"id": one, "vector": vector, "model": model} for one, vector in vectors])
