"""The vectors of a model: which text's is in which row, and the file that they lie in."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from contextfs.local.base.connection import Base
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.search.matrix import Half, Matrix, append
from contextfs.local.search.queries import SQL

_MODEL = "search model"
_FEW = 1000


class Live(NamedTuple):
    """A vector that some passage needs."""

    hash: bytes
    row: int
    crc: int


class Vectors:
    """The vectors of one model in a store's folder."""

    def __init__(self, base: Base, folder: Path, model: str, dimensions: int) -> None:
        self.base = base
        self.folder = folder
        self.model = model
        self.dimensions = dimensions

    def begin(self) -> None:
        """See to it that passages wait for vectors of this model, and not of another."""
        if mark(self.base, _MODEL) == self.model:
            return
        with self.base.transaction():
            self.base.run(SQL["all_unembedded"], {"model": self.model})
            set_mark(self.base, _MODEL, self.model)

    def opened(self) -> Matrix | None:
        """Map the vectors, as they are in the snapshot that is open; or give None; Damaged when they are."""
        row = self.base.one(SQL["matrix"], {"model": self.model})
        count = self.count()
        if row is None or not count:
            return None
        return Matrix.open(self.folder / row["file"], count, self.dimensions)

    def count(self) -> int:
        """Count the rows of the file."""
        return (self.base.one(SQL["rows"], {"model": self.model}) or {"rows": 0})["rows"]

    def add(self, hashes: Sequence[bytes], vectors: Half) -> None:
        """Store the vectors of some texts, in the transaction that is open; a text that has one keeps it."""
        fresh = {one: number for number, one in enumerate(hashes) if not self._has(one)}
        if not fresh:
            return
        row = self.base.one(SQL["matrix"], {"model": self.model})
        file = self._new_file() if row is None else row["file"]
        start = self.count()
        crcs = append(self.folder / file, start, vectors[list(fresh.values())])
        rows = [
            {"model": self.model, "hash": one, "row": start + number, "crc": crc}
            for number, (one, crc) in enumerate(zip(fresh, crcs, strict=True))
        ]
        self.base.many(SQL["add_vector"], rows)

    def lose(self) -> None:
        """Give up all vectors: the file is damaged, and every passage waits again."""
        with self.base.transaction():
            self.base.run(SQL["forget_vectors"], {"model": self.model})
            self.base.run(SQL["forget_matrix"], {"model": self.model})
            self.base.run(SQL["all_unembedded"], {"model": self.model})
        self.sweep()

    def check(self) -> None:
        """Compare every row with its checksum; Damaged when one differs."""
        with self.base.snapshot():
            matrix = self.opened()
            if matrix is not None:
                matrix.check([(one.row, one.crc) for one in self.live()])

    def compact(self) -> bool:
        """Move what is needed to a new file when more than half of a file is not; tells whether it was."""
        counts = self.base.one(SQL["vector_counts"], {"model": self.model}) or {}
        if counts["unneeded"] * 2 <= counts["all_of_them"] or counts["unneeded"] < _FEW:
            return False
        with self.base.transaction():
            matrix, live = self.opened(), self.live()
            self.base.run(SQL["forget_vectors"], {"model": self.model})
            self.base.run(SQL["forget_matrix"], {"model": self.model})
            if matrix is not None and live:
                self.add([one.hash for one in live], matrix.taken([one.row for one in live]))
        self.sweep()
        return True

    def live(self) -> list[Live]:
        """Give the vectors that some passage needs, in the order of their rows."""
        return [Live(*row) for row in self.base.each(SQL["live_vectors"], {"model": self.model})]

    def sweep(self) -> None:
        """Take away the files that no model has. One that is made right now is made under the lock of the database."""
        with self.base.transaction():
            known = {row["file"] for row in self.base.all(SQL["matrices"])}
            for file in self.folder.glob("vectors-*.f16"):
                if file.name not in known:
                    _remove(file)

    def _has(self, one: bytes) -> bool:
        return self.base.one(SQL["vector"], {"model": self.model, "hash": one}) is not None

    def _new_file(self) -> str:
        made = (self.base.one(SQL["new_file"]) or {})["file"]
        self.base.run(SQL["set_matrix"], {"model": self.model, "file": made, "dimensions": self.dimensions})
        return made


def halves(vectors: Iterable[Iterable[float]]) -> Half:
    """Bring what an embedder gives to the form in which it is kept."""
    return np.stack([np.fromiter(one, np.float16) for one in vectors])


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return  # another process reads it, and this system keeps such a file: a later sweep takes it
