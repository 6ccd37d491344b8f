"""Invented passages that behave like real ones, the same in every run: words, sessions, topics, vectors.

Words are drawn with a chance of one over their rank, 12 to 60 in a passage. Vectors have the spectrum of
all-MiniLM-L6-v2's on chat (the variance of the k-th direction falls about as 1 / (k + 4)), gathered around 400 topics
and, closer, around sessions of 50 passages. Random vectors, without such a structure, are far harder to index than any
text is, and nobody searches through them.
"""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt

DIMENSIONS = 384
SESSION = 50
WORDS = 20_000
COMMON = 30
"""Words more common than the one of this rank are stop words: nobody searches for them."""
_TOPICS = 400
_CHUNK = 20_000

Floats = npt.NDArray[np.float32]


class Chunk(NamedTuple):
    """Some passages one after the other: their vectors, and for each the ranks of its words."""

    start: int
    vectors: Floats
    words: list[npt.NDArray[np.int64]]


class Corpus:
    """So many passages, by a seed."""

    def __init__(self, size: int, seed: int = 1) -> None:
        self.size = size
        self._random = np.random.default_rng(seed)
        places = np.arange(DIMENSIONS)
        self._spread = np.sqrt(np.exp(-places / 150) / (places + 4)).astype(np.float32)
        topics = self._around(_TOPICS)
        sessions = (size + SESSION - 1) // SESSION
        self._sessions = 0.5 * topics[self._random.integers(0, _TOPICS, sessions)] + 0.6 * self._around(sessions)

    def chunks(self) -> Iterator[Chunk]:
        """Give all passages, in order."""
        for start in range(0, self.size, _CHUNK):
            numbers = np.arange(start, min(start + _CHUNK, self.size))
            vectors = self._unit(self._sessions[numbers // SESSION] + 0.62 * self._around(len(numbers)))
            lengths = self._random.integers(12, 61, len(numbers))
            yield Chunk(start, vectors, [self._ranks(length, 1) for length in lengths])

    def questions(self, count: int) -> list[tuple[Floats, npt.NDArray[np.int64]]]:
        """Ask about sessions: each question's vector, and the ranks of its eight words, common and rare ones."""
        asked = self._sessions[self._random.integers(0, len(self._sessions), count)] + 0.8 * self._around(count)
        return [(vector, self._ranks(8, COMMON)) for vector in self._unit(asked)]

    def _ranks(self, count: int, lowest: int) -> npt.NDArray[np.int64]:
        """Draw different words: a word of rank r with a chance of about 1 / r."""
        drawn = lowest * (WORDS / lowest) ** self._random.random(count)
        return np.unique(drawn.astype(np.int64))

    def _around(self, count: int) -> Floats:
        return self._unit(self._random.standard_normal((count, DIMENSIONS), np.float32) * self._spread)

    def _unit(self, vectors: npt.NDArray[np.floating]) -> Floats:
        return (vectors / np.linalg.norm(vectors, axis=1)[:, None]).astype(np.float32)


def word(rank: int) -> str:
    """Spell a word."""
    return f"word{rank}"


def tenant_id(number: int) -> UUID:
    """Name an organization."""
    return UUID(int=0x0A << 120 | number + 1)
