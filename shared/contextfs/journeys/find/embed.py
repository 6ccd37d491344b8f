"""Give passages their vectors, in batches: slow work that no write waits for."""

from collections.abc import Iterable
from hashlib import sha256

from contextfs.domain.search import generations
from contextfs.domain.search.generations import Generation, State
from contextfs.domain.search.passages import embedded_text
from contextfs.kit.call import Call, Services
from contextfs.kit.errors import Unavailable
from contextfs.kit.ports import Asks, Embedder, Row

BATCH = 32


def embed(call: Call) -> bool:
    """Embed a batch of what waits in the generation that serves, beginning one where there is none.

    False when nothing more is to be done for now: nothing waits, or there is nothing to make vectors with.
    """
    serving = generations.live(call.tx).get("serving") or _first(call)
    embedder = embedder_for(call.services, serving.model) if serving else None
    return embedder is not None and serving is not None and embed_waiting(call, serving, embedder) > 0


def _first(call: Call) -> Generation | None:
    embedder = call.services.embedder()
    return begin(call, embedder.model, "serving") if embedder else None


def begin(call: Call, model: str, state: State) -> Generation:
    """Begin a generation, or give the one of this state that somebody else began in this moment."""
    generations.open_one(call.tx, call.principal.org_id, call.new_id(), model, state, call.now)
    return generations.live(call.tx)[state]


def embed_waiting(call: Call, generation: Generation, embedder: Embedder, *, most: int = BATCH) -> int:
    """Embed a batch of the passages that wait and may be seen, each text once; gives how many there were.

    Unavailable when the model cannot answer, or gives vectors that do not fit those it gave before.
    """
    waiting = generations.waiting(call.tx, generation.id, most)
    if waiting:
        texts = {row["id"]: _text(row) for row in waiting}
        said = {text: sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts.values()}
        known = generations.known_vectors(call.tx, embedder.model, said.values())
        new = [text for text in said if said[text] not in known]
        if new:
            generations.be_patient(call.tx)
            vectors = [list(vector) for vector in embedder.embed(new)]
            _fit(call, generation, vectors)
            known |= {said[text]: vector_text(vector) for text, vector in zip(new, vectors, strict=True)}
        generations.keep(call.tx, generation.id, [(one, known[said[text]], said[text]) for one, text in texts.items()])
    return len(waiting)


def embedder_for(services: Services, model: str) -> Embedder | None:
    """Give what makes vectors of a model: what is set now, or what was before; None where that cannot be asked."""
    now = services.embedder()
    return now if now is not None and now.model == model else services.embedder_of(model)


def question_vector(embedder: Embedder, text: str) -> list[float]:
    """Give the vector of a question; Unavailable when the model cannot answer soon."""
    return list(embedder.question(text) if isinstance(embedder, Asks) else next(iter(embedder.embed([text]))))


def vector_text(vector: Iterable[float]) -> str:
    """Write a vector the way pgvector reads it; half-precision storage keeps no more digits."""
    return f"[{','.join(f'{number:.5f}' for number in vector)}]"


def _fit(call: Call, generation: Generation, vectors: list[list[float]]) -> None:
    """Hold vectors against the dimensions of their generation; the first ones tell them."""
    lengths = {len(vector) for vector in vectors}
    if generation.dimensions is None and len(lengths) == 1:
        generations.measure(call.tx, generation.id, *lengths)
    elif lengths != {generation.dimensions}:
        told = f"{generation.model} gave vectors of {sorted(lengths)} dimensions instead of {generation.dimensions}"
        raise Unavailable(f"{told}: the model behind that name is another one now.")


def _text(row: Row) -> str:
    return embedded_text(source=row["source"], context=row["context"], body=row["body"], speakers=row["speakers"])
