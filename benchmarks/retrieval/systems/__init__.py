"""The systems that are compared. Each takes a conversation, then questions, and gives turn ids, best first."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, runtime_checkable

import msgspec

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.vectors import Vectors


class Packed(msgspec.Struct, frozen=True):
    """A context pack: which turns stand in it, whole or in part, and its text."""

    turns: list[str]
    text: str


class System(Protocol):
    """A store for one conversation at a time."""

    def load(self, conversation: Conversation) -> None:
        """Forget what was there and take this conversation."""
        ...

    def search(self, question: str, most: int) -> list[str]:
        """Give the ids of at most `most` turns, best first."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


@runtime_checkable
class Packs(Protocol):
    """A system that hands over what matters within a budget of tokens, in a form of its own."""

    def pack(self, question: str, budget: int) -> Packed:
        """Pack what matters for a question."""
        ...


Make = Callable[[Vectors], System]


class Entry(msgspec.Struct, frozen=True):
    """A row of the table: the module below this package, what must be importable, and how to install that."""

    module: str
    needs: tuple[str, ...] = ()
    install: str = ""
    about: str = ""


TABLE = {
    "ours": Entry("ours", ("psycopg",), about="this product, default configuration: imported, indexed, searched"),
    "pure": Entry("pure", about="its ranking alone, over its own passages in memory"),
    "graph": Entry("graph", about="the same, with a walk over the graph of what each turn mentions"),
    "grep": Entry("grep", about="turns by how many of the question's words they hold"),
    "bm25": Entry("bm25", ("bm25s", "Stemmer"), "'bm25s>=0.2,<0.4' PyStemmer", "bm25s, English stems and stop words"),
    "fts5": Entry("fts5", about="SQLite FTS5, porter stems, bm25()"),
    "vector": Entry("vector", about="plain vectors, cosine: what pgvector gives without an approximate index"),
    "rrf": Entry("rrf", about="1:1 reciprocal rank fusion of fts5 and vector, k = 60"),
    "pgvector": Entry("pgvector", ("psycopg",), about="pgvector and Postgres full text, 1:1 RRF"),
    "chroma": Entry("chroma", ("chromadb",), "'chromadb>=1,<2'", "Chroma, the same embedder"),
    "lancedb": Entry("lance", ("lancedb",), "'lancedb>=0.25,<1' pyarrow", "LanceDB hybrid, its own RRF"),
    "basic-memory": Entry(
        "basicmemory",
        ("basic_memory", "sqlite_vec"),
        "'basic-memory>=0.24,<0.25' pysqlite3-binary",
        "basic-memory's hybrid search, the same embedder",
    ),
    "mem0": Entry("mem0", ("mem0", "chromadb"), "'mem0ai>=1,<3' 'chromadb>=1,<2'", "Mem0, infer=False"),
}


def missing(name: str) -> str:
    """Give the modules that a system lacks here, or nothing."""
    return ", ".join(need for need in TABLE[name].needs if find_spec(need) is None)


def make(name: str, vectors: Vectors) -> System:
    """Build a system by its name."""
    return import_module(f"benchmarks.retrieval.systems.{TABLE[name].module}").make(vectors)
