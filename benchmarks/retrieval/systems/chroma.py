"""Chroma in memory, with the same embedder, cosine."""

from importlib import import_module
from typing import Any

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.systems.vector import spoken
from benchmarks.retrieval.vectors import Vectors


class Chroma:
    """One collection a conversation."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        module: Any = import_module("chromadb")
        self._client = module.EphemeralClient(module.Settings(anonymized_telemetry=False))
        self._number = 0

    def load(self, conversation: Conversation) -> None:
        """Fill a new collection."""
        self._number += 1
        self._turns: Any = self._client.create_collection(f"turns{self._number}", metadata={"hnsw:space": "cosine"})
        texts = [spoken(turn.speaker, turn.text) for turn in conversation.turns]
        ids = [turn.id for turn in conversation.turns]
        self._turns.add(ids=ids, documents=texts, embeddings=self._vectors.embed(texts).tolist())

    def search(self, question: str, most: int) -> list[str]:
        """Ask."""
        vector = self._vectors.embed([question]).tolist()
        return self._turns.query(query_embeddings=vector, n_results=min(most, self._turns.count()))["ids"][0]

    def close(self) -> None:
        """Hold nothing."""


def make(vectors: Vectors) -> Chroma:
    """Build it."""
    return Chroma(vectors)
