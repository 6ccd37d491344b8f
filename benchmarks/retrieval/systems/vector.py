"""Plain vectors: "speaker: text" by cosine to the question, exact."""

import numpy as np

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.vectors import Vectors


class Vector:
    """One matrix."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def load(self, conversation: Conversation) -> None:
        """Embed the turns."""
        self._ids = [turn.id for turn in conversation.turns]
        self._matrix = self._vectors.embed([spoken(turn.speaker, turn.text) for turn in conversation.turns])

    def search(self, question: str, most: int) -> list[str]:
        """Compare with every turn."""
        likeness = self._matrix @ self._vectors.embed([question])[0]
        return [self._ids[place] for place in np.argsort(-likeness, kind="stable")[:most]]

    def close(self) -> None:
        """Hold nothing."""


def make(vectors: Vectors) -> Vector:
    """Build it."""
    return Vector(vectors)


def spoken(speaker: str, text: str) -> str:
    """Write a turn as its rivals embed it."""
    return f"{speaker}: {text}"
