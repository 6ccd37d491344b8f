"""Give passages their vectors, a few at a time: slow work, of which a search does no more than a moment's worth."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from contextfs.domain.search.passages import embedded_text
from contextfs.kit.ports import Embedder
from contextfs.local.base.connection import Base, Row
from contextfs.local.search.queries import SQL
from contextfs.local.search.vectors import Vectors, halves

_BATCH = 16


def embed_waiting(
    base: Base,
    folder: Path,
    embedder: Embedder,
    *,
    go_on: Callable[[], bool] = lambda: True,
    progress: Callable[[str], None] = lambda _: None,
) -> int:
    """Embed passages that wait, newest first, batch by batch while `go_on` says so; gives how many texts were new.

    It can be cut at any time: what was embedded stays. Damaged when the file of vectors is.
    """
    vectors = Vectors(base, folder, embedder.model, embedder.dimensions)
    vectors.begin()
    done = made = 0
    while go_on():
        batch = base.all(SQL["waiting"], {"model": embedder.model, "limit": _BATCH})
        if not batch:
            break
        made += _embed(vectors, embedder, batch)
        done += len(batch)
        progress(f"{done:,} passages embedded, {waiting(base):,} to go …")
    return made


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
