"""LanceDB's hybrid search: its full-text index and vectors, fused by its own reciprocal rank fusion."""

import tempfile
from importlib import import_module
from typing import Any

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.systems.vector import spoken
from benchmarks.retrieval.vectors import Vectors


class Lance:
    """One table a conversation, in a folder that is removed afterwards."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._folder = tempfile.TemporaryDirectory(prefix="contextfs-bench-")
        self._database: Any = import_module("lancedb").connect(self._folder.name)
        self._reranker: Any = import_module("lancedb.rerankers").RRFReranker()
        self._number = 0

    def load(self, conversation: Conversation) -> None:
        """Fill a new table and index its text."""
        self._number += 1
        texts = [spoken(turn.speaker, turn.text) for turn in conversation.turns]
        rows = [
            {"id": turn.id, "text": text, "vector": vector}
            for turn, text, vector in zip(conversation.turns, texts, self._vectors.embed(texts), strict=True)
        ]
        self._table: Any = self._database.create_table(f"turns{self._number}", rows)
        self._table.create_fts_index("text")

    def search(self, question: str, most: int) -> list[str]:
        """Ask both legs."""
        asked = self._table.search(query_type="hybrid").vector(self._vectors.embed([question])[0]).text(question)
        return [row["id"] for row in asked.rerank(self._reranker).limit(most).to_list()]

    def close(self) -> None:
        """Leave nothing."""
        self._folder.cleanup()


def make(vectors: Vectors) -> Lance:
    """Build it."""
    return Lance(vectors)
