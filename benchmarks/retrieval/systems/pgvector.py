"""Postgres as it is usually used: pgvector and `ts_rank`, normalised by the logarithm of the length, 1:1 RRF."""

import tempfile
from pathlib import Path

import psycopg

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.systems.rrf import fuse
from benchmarks.retrieval.systems.vector import spoken
from benchmarks.retrieval.vectors import Floats, Vectors
from contextfs.adapters.database import embedded

_TABLE = """
drop table if exists turns;
create table turns (id text, text text, embedding vector(384), said tsvector);
"""
_ADD = "insert into turns values (%s, %s, %s::vector, to_tsvector('english', %s))"
_NEAR = "select id from turns order by embedding <=> %s::vector, id limit %s"
_WORDS = """
select id from turns, to_tsquery('english', %(words)s) as asked
where said @@ asked order by ts_rank(said, asked, 1) desc, id limit %(most)s
"""


class PgVector:
    """A server of its own, without row-level security or tenants."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._folder = tempfile.TemporaryDirectory(prefix="contextfs-bench-")
        self._data = Path(self._folder.name) / "data"
        self._connection = psycopg.connect(embedded.start(self._data).dsn(), autocommit=True)
        self._connection.execute("create extension if not exists vector")

    def load(self, conversation: Conversation) -> None:
        """Fill the table anew."""
        self._connection.execute(_TABLE)
        texts = [spoken(turn.speaker, turn.text) for turn in conversation.turns]
        rows = [
            (turn.id, text, _written(vector), text)
            for turn, text, vector in zip(conversation.turns, texts, self._vectors.embed(texts), strict=True)
        ]
        with self._connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)

    def search(self, question: str, most: int) -> list[str]:
        """Ask both legs, and fuse."""
        vector = _written(self._vectors.embed([question])[0])
        near = [row[0] for row in self._connection.execute(_NEAR, (vector, max(most, 100)))]
        words = " | ".join(word for word in "".join(c if c.isalnum() else " " for c in question).split())
        said = self._connection.execute(_WORDS, {"words": words, "most": max(most, 100)}).fetchall() if words else []
        return fuse([near, [row[0] for row in said]])[:most]

    def close(self) -> None:
        """Stop the server and leave nothing."""
        self._connection.close()
        embedded.stop(self._data)
        self._folder.cleanup()


def make(vectors: Vectors) -> PgVector:
    """Build it."""
    return PgVector(vectors)


def _written(vector: Floats) -> str:
    return f"[{','.join(f'{number:.6f}' for number in vector)}]"
