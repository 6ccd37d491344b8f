"""Search by words and meaning: a moment of embedding first, then both legs; vectors that are damaged are given up."""

from collections.abc import Callable
from pathlib import Path

from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Embedder
from contextfs.local.base.connection import Base
from contextfs.local.search.candidates import Proposed, propose
from contextfs.local.search.embedding import Moment, embed_waiting, waiting
from contextfs.local.search.find import Asked, by_words
from contextfs.local.search.matrix import Damaged
from contextfs.local.search.semantic import Semantic
from contextfs.local.search.vectors import Vectors

_ATTEMPTS = 2
_UNWRITABLE = "semantic: vectors cannot be kept ({}): is the disk full, or read-only?"
_DAMAGED = "semantic: the vectors were damaged or gone; some are made anew, and until then words count alone"
_GONE = "semantic: the vectors are damaged or gone, and words alone are compared; {}"
_REINDEX = "`ctx reindex` makes them now"
_REINDEX_ELSEWHERE = "`ctx reindex` makes them where this store can be written"


class Meaning:
    """Compares meanings in one store by one model."""

    def __init__(self, base: Base, folder: Path, model: Embedder) -> None:
        self._base = base
        self._model = model
        self._folder = folder
        self._vectors = Vectors(base, folder, model.model, model.dimensions)

    def catch_up(self, seconds: float) -> list[str]:
        """Embed for a moment, and one text at the least; gives what went wrong."""
        try:
            embed_waiting(self._base, self._folder, self._model, moment=Moment(seconds))
        except Damaged:
            self._vectors.lose()
            return [_DAMAGED]
        except OSError as error:
            return [_UNWRITABLE.format(error.strerror)]
        return []

    def complete(self, *, check: bool, progress: Callable[[str], None]) -> tuple[int, list[str]]:
        """Embed all that waits, and tidy the file; gives how many there were, and what went wrong."""
        try:
            try:
                if check:
                    self._vectors.check()
                done = embed_waiting(self._base, self._folder, self._model, progress=progress)
                self._vectors.compact()
            except Damaged:
                self._vectors.lose()
                done = embed_waiting(self._base, self._folder, self._model, progress=progress)
            self._vectors.sweep()
        except OSError as error:
            return 0, [_UNWRITABLE.format(error.strerror)]
        return done, []

    def propose(self, asked: Asked, *, elsewhere: Callable[[], bool] = lambda: False) -> tuple[Proposed, list[str]]:
        """Give the candidates of both legs, with what could not take part.

        Where vectors are missing, `elsewhere` is asked whether another process makes them.

        A file that was there and is gone was moved by another process: one more look, from now on, finds the new one.
        """
        if not asked.question.about.strip():
            return by_words(self._base, asked), []
        try:
            query = list(next(iter(self._model.embed([asked.question.about]))))
        except Unavailable as error:
            return by_words(self._base, asked), [error.detail]
        words = () if asked.mode == "semantic" else asked.question.words
        for _ in range(_ATTEMPTS):
            try:
                with self._base.snapshot():
                    semantic = Semantic(self._vectors, query)
                    return propose(self._base, words, semantic, asked.scope), self._lacking(elsewhere)
            except Damaged:
                continue
        if self._base.is_read_only:
            return by_words(self._base, asked), [_GONE.format(_REINDEX_ELSEWHERE)]
        self._vectors.lose()
        return by_words(self._base, asked), [_DAMAGED]

    def waiting(self) -> int:
        """Count the passages that have no vector yet."""
        return waiting(self._base)

    def _lacking(self, elsewhere: Callable[[], bool]) -> list[str]:
        count = self.waiting()
        if not count:
            return []
        have = "1 passage has" if count == 1 else f"{count:,} passages have"
        if self._base.is_read_only:
            cure = _REINDEX_ELSEWHERE
        else:
            cure = "they are being made in the background" if elsewhere() else _REINDEX
        return [f"semantic: {have} no vector yet, and words alone find them; {cure}"]
