"""The usual hybrid: reciprocal rank fusion, 1:1, k = 60, of SQLite FTS5 and plain vectors."""

from collections import defaultdict
from collections.abc import Sequence

from benchmarks.retrieval.data import Conversation
from benchmarks.retrieval.systems.fts5 import Fts5
from benchmarks.retrieval.systems.vector import Vector
from benchmarks.retrieval.vectors import Vectors

K = 60
_DEPTH = 100


class Rrf:
    """Two legs, one sum."""

    def __init__(self, vectors: Vectors) -> None:
        self._legs = (Fts5(), Vector(vectors))

    def load(self, conversation: Conversation) -> None:
        """Fill both legs."""
        for leg in self._legs:
            leg.load(conversation)

    def search(self, question: str, most: int) -> list[str]:
        """Fuse both answers."""
        return fuse([leg.search(question, max(most, _DEPTH)) for leg in self._legs])[:most]

    def close(self) -> None:
        """Close both."""
        for leg in self._legs:
            leg.close()


def fuse(answers: Sequence[Sequence[str]]) -> list[str]:
    """Add up 1 / (60 + rank)."""
    scores: defaultdict[str, float] = defaultdict(float)
    for answer in answers:
        for rank, one in enumerate(answer, start=1):
            scores[one] += 1 / (K + rank)
    return sorted(scores, key=lambda one: -scores[one])


def make(vectors: Vectors) -> Rrf:
    """Build it."""
    return Rrf(vectors)
