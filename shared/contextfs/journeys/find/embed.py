"""Give passages their vectors, in batches: slow work that no write waits for."""

from collections.abc import Iterable
from hashlib import sha256

from contextfs.domain.search import store
from contextfs.domain.search.passages import embedded_text
from contextfs.kit.call import Call
from contextfs.kit.ports import Embedder, Row

_BATCH = 32


def embed_waiting(call: Call, embedder: Embedder, *, most: int = _BATCH) -> int:
    """Embed a batch of the organization's passages that wait, each text once; gives how many there were."""
    waiting = store.waiting(call.tx, most)
    if waiting:
        texts = {row["id"]: _text(row) for row in waiting}
        said = {text: sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts.values()}
        known = store.known_vectors(call.tx, embedder.model, list(said.values()))
        new = [text for text in said if said[text] not in known]
        if new:
            vectors = embedder.embed(new)
            known |= {said[text]: vector_text(vector) for text, vector in zip(new, vectors, strict=True)}
        store.embed(call.tx, embedder.model, [(one, known[said[text]], said[text]) for one, text in texts.items()])
    return len(waiting)


def _text(row: Row) -> str:
    return embedded_text(source=row["source"], context=row["context"], body=row["body"], speakers=row["speakers"])


def vector_text(vector: Iterable[float]) -> str:
    """Write a vector the way pgvector reads it; half-precision storage keeps no more digits."""
    return f"[{','.join(f'{number:.5f}' for number in vector)}]"
