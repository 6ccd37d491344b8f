"""Mem0 with `infer=False` (it stores what it is given), Chroma below it, and the same embedder, handed in."""

import os
import tempfile
from importlib import import_module
from typing import Any

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.systems.vector import spoken
from benchmarks.retrieval.vectors import Vectors


class Mem0:
    """One user a conversation."""

    def __init__(self, vectors: Vectors) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="contextfs-bench-")
        os.environ.setdefault("MEM0_TELEMETRY", "False")
        os.environ.setdefault("MEM0_DIR", self._folder.name)
        os.environ.setdefault("OPENAI_API_KEY", "none")  # it asks for one, though nothing calls a model
        store = {"provider": "chroma", "config": {"collection_name": "turns", "path": f"{self._folder.name}/chroma"}}
        self._memory: Any = import_module("mem0").Memory.from_config({"vector_store": store})
        self._memory.embedding_model = _Embedding(vectors)
        self._number = 0

    def load(self, conversation: Conversation) -> None:
        """Add turn by turn."""
        self._number += 1
        for turn in conversation.turns:
            self._memory.add(
                [{"role": "user", "content": spoken(turn.speaker, turn.text)}],
                user_id=self._user(),
                metadata={"turn": turn.id},
                infer=False,
            )

    def search(self, question: str, most: int) -> list[str]:
        """Ask."""
        found = self._memory.search(question, filters={"user_id": self._user()}, top_k=most, threshold=0.0)
        return [one["metadata"]["turn"] for one in found["results"]]

    def close(self) -> None:
        """Leave nothing."""
        self._folder.cleanup()

    def _user(self) -> str:
        return f"conversation-{self._number}"


class _Embedding:
    """The product's embedder as Mem0 calls one."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:  # noqa: ARG002 - Mem0's signature
        """Embed one text."""
        return self._vectors.embed([text])[0].tolist()

    def embed_batch(self, texts: list[str], memory_action: str | None = None) -> list[list[float]]:  # noqa: ARG002
        """Embed several."""
        return self._vectors.embed(texts).tolist()


def make(vectors: Vectors) -> Mem0:
    """Build it."""
    return Mem0(vectors)
