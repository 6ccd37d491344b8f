"""Give passages their vectors, a few at a time: slow work, of which a search does no more than a moment's worth."""

import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import msgspec

from contextfs.domain.search.passages import embedded_text
from contextfs.kit.ports import Embedder
from contextfs.local.base.connection import Base, Row
from contextfs.local.search.queries import SQL
from contextfs.local.search.vectors import Vectors, halves

_BATCH = 16
_AT_FIRST = 1_000
"""So many characters are embedded before any time is measured."""


def embed_waiting(
    base: Base,
    folder: Path,
    embedder: Embedder,
    *,
    moment: "Moment | None" = None,
    progress: Callable[[str], None] = lambda _: None,
) -> int:
    """Embed passages that wait, newest first, all or what a moment has time for; gives how many texts were new.

    It can be cut at any time: what was embedded stays. Damaged when the file of vectors is.
    """
    vectors = Vectors(base, folder, embedder.model, embedder.dimensions)
    vectors.begin()
    done = made = 0
    while batch := base.all(SQL["waiting"], {"model": embedder.model, "limit": _BATCH}):
        if moment is not None and not (batch := moment.part(batch)):
            break
        made += _embed(vectors, embedder, batch)
        done += len(batch)
        progress(f"{done:,} passages embedded, {waiting(base):,} to go …")
    return made


class Moment:
    """Tells how much of what waits a moment has time for.

    First as much as is soon done anywhere, then as the time for that tells: a text takes from five milliseconds to half
    a second, by its length and the machine, and a batch that was begun cannot be cut.
    """

    def __init__(self, seconds: float) -> None:
        self._begun = time.monotonic()
        self._seconds = seconds
        self._given = 0

    def part(self, batch: list[Row]) -> list[Row]:
        """Give the beginning of a batch that there is time for; nothing when the moment is over."""
        spent = time.monotonic() - self._begun
        left = self._seconds - spent
        if left <= 0:
            return []
        room = int(left / spent * self._given) if self._given else _AT_FIRST
        ends = [*accumulate(len(row["body"]) for row in batch)]
        count = sum(end <= room for end in ends)
        if not self._given:
            count = max(1, count)
        self._given += ends[count - 1] if count else 0
        return batch[:count]


def waiting(base: Base) -> int:
    """Count the passages that have no vector yet."""
    return (base.one(SQL["waiting_count"]) or {"waiting": 0})["waiting"]


def _embed(vectors: Vectors, embedder: Embedder, batch: list[Row]) -> int:
    """Embed what is new of a batch, outside of the transaction that stores it: nobody waits for the model."""
    texts = {row["hash"]: _text(row) for row in batch if not row["is_known"]}
    made = halves(embedder.embed(list(texts.values()))) if texts else None
    with vectors.base.transaction():
        if made is not None:
            vectors.add(list(texts), made)
        vectors.base.many(SQL["embedded_now"], [{"id": row["id"]} for row in batch])
    return len(texts)


def _text(row: Row) -> str:
    speakers = msgspec.json.decode(row["speakers"], type=list[str])
    return embedded_text(source=row["source"], context=row["context"], body=row["body"], speakers=speakers)
