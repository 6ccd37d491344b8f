"""Give passages their vectors, in batches: slow work that no write waits for."""

from collections.abc import Iterable

from contextfs.domain.search import store
from contextfs.kit.call import Call
from contextfs.kit.ports import Embedder

_BATCH = 32


def embed_waiting(call: Call, embedder: Embedder, *, most: int = _BATCH) -> int:
    """Embed a batch of the organization's passages that wait; gives how many there were."""
    waiting = store.waiting(call.tx, most)
    if waiting:
        vectors = embedder.embed([f"{row['context']}\n{row['body']}" for row in waiting])
        written = [(row["id"], vector_text(vector)) for row, vector in zip(waiting, vectors, strict=True)]
        store.embed(call.tx, embedder.model, written)
    return len(waiting)


def vector_text(vector: Iterable[float]) -> str:
    """Write a vector the way pgvector reads it; half-precision storage keeps no more digits."""
    return f"[{','.join(f'{number:.5f}' for number in vector)}]"
