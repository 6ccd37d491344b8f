"""The meaning's leg: the cosine of the query's vector with every passage's, exactly, over the mapped matrix."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from contextfs.local.search.bounds import UNBOUND, encoded
from contextfs.local.search.matrix import Floats, Matrix
from contextfs.local.search.queries import SQL
from contextfs.local.search.vectors import Vectors

_FIRST_LOOK = 4
_NEXT_LOOK = 8


class Semantic:
    """The meaning of one query beside that of every passage that has a vector, within one snapshot."""

    def __init__(self, vectors: Vectors, query: Iterable[float]) -> None:
        """Compare; Damaged when the file of vectors is."""
        self._vectors = vectors
        self._matrix: Matrix | None = vectors.opened()
        self._scores: Floats | None = None
        if self._matrix is not None:
            self._scores = self._matrix.scores(np.asarray(query, dtype=np.float32))

    def candidates(self, bounds: Mapping[str, Any] | None, count: int, *, at: int) -> list[int]:
        """Give the ids of the best passages within the bounds: at least `count`, where there are as many."""
        if self._scores is None:
            return []
        values = UNBOUND | dict(bounds or {}) | {"model": self._vectors.model, "at": at}
        looked = min(count * _FIRST_LOOK, len(self._scores))
        while True:
            best = np.argpartition(-self._scores, looked - 1)[:looked]
            query = values | {"rows": encoded(best.tolist())}
            found = list(self._vectors.base.each(SQL["in_rows"], query))
            if len(found) >= count or looked == len(self._scores):
                break
            looked = min(looked * _NEXT_LOOK, len(self._scores))
        scores = self._scores
        return [one for one, _ in sorted(found, key=lambda row: (-scores[row[1]], row[0]))[:count]]

    def scores(self, ids: Sequence[int]) -> dict[int, float]:
        """Give the cosine of each of some passages that has a vector; Damaged when a row is not what was written."""
        if self._matrix is None or self._scores is None:
            return {}
        rows = list(self._vectors.base.each(SQL["embedded"], {"ids": encoded(ids), "model": self._vectors.model}))
        self._matrix.check([(row, crc) for _, row, crc in rows])
        return {one: float(self._scores[row]) for one, row, _ in rows}
