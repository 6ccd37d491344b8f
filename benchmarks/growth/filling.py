"""Fill a database with a corpus, as its owner and past the doors, in Postgres' binary format: it is many rows."""

import struct
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import md5
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg

from benchmarks.growth.corpus import DIMENSIONS, SESSION, Corpus, tenant_id, word
from contextfs.adapters.database import embedded
from contextfs.adapters.database.migrate import migrate
from contextfs.domain.search.tokens import dimension, term_key

PASSWORDS = {"contextfs_app": "app", "contextfs_relay": "relay"}
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_SPARSE = 1_000_000_000
_WEIGHT = 1.1

_PASSAGES = """
copy contextfs.passages (org_id, project_id, id, author_id, visibility, occurred_at, source, source_id, session_id,
    type, role, trust, ordinal, place, starts, ends, terms, weights, context, body) from stdin (format binary)
"""
_TYPES = [
    *("uuid", "uuid", "uuid", "uuid", "text", "timestamptz", "text", "uuid", "uuid", "text", "text", "float4", "int4"),
    *("int4", "int4", "int4", "bytea", "bytea", "text", "text"),
]
_VECTORS = """
copy contextfs.vectors (org_id, generation_id, passage_id, project_id, said, embedding) from stdin (format binary)
"""
_FOUNDING = (
    """
    insert into contextfs.organizations (org_id, name, created_at, updated_at) values (%(org)s, 'o', %(at)s, %(at)s)
    """,
    """
    insert into contextfs.projects (org_id, id, name, created_by, created_at, updated_at)
    values (%(org)s, %(org)s, 'p', %(org)s, %(at)s, %(at)s)
    """,
    """
    insert into contextfs.sessions (
        org_id, project_id, id, tool, status, visibility, created_by, started_at, created_at, updated_at
    )
    select %(org)s, %(org)s, md5(%(org)s::text || s)::uuid, 'bench', 'open', 'project', %(org)s, %(at)s, %(at)s, %(at)s
    from generate_series(0, %(sessions)s) as s
    """,
    """
    insert into contextfs.generations (org_id, id, model, dimensions, state, started_at, served_at)
    values (%(org)s, %(org)s, 'bench', %(dimensions)s, 'serving', %(at)s, %(at)s)
    """,
)


@contextmanager
def filled(folder: Path, corpus: Corpus, tenants: int) -> Generator[str]:
    """Give the address of a database, as its administrator, in which the tenants share the corpus in equal parts."""
    data = folder / "data"
    admin = embedded.start(data).dsn()
    try:
        migrate(admin, passwords=PASSWORDS)
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("set maintenance_work_mem = '1GB'")
            connection.execute("drop index contextfs.passages_terms")
            connection.execute("alter table contextfs.passages disable trigger user")
            for number in range(tenants):
                _found(connection, tenant_id(number), corpus.size // tenants)
            connection.execute("analyze")  # or each foreign key is checked by reading all sessions of its project
            for chunk in corpus.chunks():
                _copy(connection, chunk.start, chunk.vectors, chunk.words, tenants, corpus.size)
            connection.execute("create index passages_terms on contextfs.passages using gin (terms)")
            connection.execute("vacuum analyze contextfs.passages, contextfs.vectors")
        yield admin
    finally:
        embedded.stop(data)


def kind(number: int) -> str:
    """Give a passage's type: one in a hundred is a decision, one in ten a fact."""
    return "decision" if number % 100 == 0 else "fact" if number % 10 == 0 else "note"


def passage_id(number: int) -> UUID:
    """Name a passage."""
    return UUID(int=0x0B << 120 | number)


def halfvec(vector: Any) -> bytes:
    """Write a vector as pgvector's binary format does."""
    return struct.pack(">hh", len(vector), 0) + vector.astype(">f2").tobytes()


@lru_cache(maxsize=1 << 16)
def key_of(org: UUID, rank: int) -> int:
    """Hash a word as the product does, for one organization."""
    return term_key(org, word(rank))


@lru_cache(maxsize=1 << 16)
def place_of(rank: int) -> int:
    """Give a word's place in sparse vectors."""
    return dimension(word(rank))


def _found(connection: psycopg.Connection[Any], org: UUID, size: int) -> None:
    values = {"org": org, "at": _AT, "sessions": max(1, (size + SESSION - 1) // SESSION), "dimensions": DIMENSIONS}
    for statement in _FOUNDING:
        connection.execute(statement, values)


def _copy(
    connection: psycopg.Connection[Any],
    start: int,
    vectors: Any,
    words: Sequence[Any],
    tenants: int,
    size: int,
) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(_PASSAGES) as copy:
            copy.set_types(_TYPES)
            for place, ranks in enumerate(words):
                copy.write_row(_passage(start + place, ranks, tenants, size))
        with cursor.copy(_VECTORS) as copy:
            copy.set_types(["uuid", "uuid", "uuid", "uuid", "bytea", "bytea"])
            for place, vector in enumerate(vectors):
                org = _owner(start + place, tenants, size)
                copy.write_row((org, org, passage_id(start + place), org, b"h" * 32, halfvec(vector)))


def _owner(number: int, tenants: int, size: int) -> UUID:
    return tenant_id(min(number * tenants // size, tenants - 1))


def _passage(number: int, ranks: Any, tenants: int, size: int) -> tuple[Any, ...]:
    org = _owner(number, tenants, size)
    own = number - (number * tenants // size) * (size // tenants)
    keys = np.sort(np.array([key_of(org, int(rank)) for rank in ranks], ">i4"))
    places = np.unique(np.array([place_of(int(rank)) for rank in ranks], ">i4"))
    body = " ".join(word(int(rank)) for rank in ranks)
    session = _session(org, own // SESSION)
    return (
        *(org, org, passage_id(number), org, "project", _AT, "message", passage_id(number), session, kind(number)),
        *("user", 0.8, 0, own % SESSION, 0, len(body), _integers(keys), _sparse(places), "", body),
    )


@lru_cache(maxsize=1024)
def _session(org: UUID, number: int) -> UUID:
    return UUID(md5(f"{org}{number}".encode()).hexdigest())  # noqa: S324 - a name


def _integers(values: Any) -> bytes:
    items = np.empty(len(values), [("length", ">i4"), ("value", ">i4")])
    items["length"], items["value"] = 4, values
    return struct.pack(">iiiii", 1, 0, 23, len(values), 1) + items.tobytes()


def _sparse(places: Any) -> bytes:
    weights = np.full(len(places), _WEIGHT, ">f4")
    return struct.pack(">iii", _SPARSE, len(places), 0) + (places - 1).astype(">i4").tobytes() + weights.tobytes()
