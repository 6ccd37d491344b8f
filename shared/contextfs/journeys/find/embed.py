"""Give passages their vectors, in batches: slow work that no write waits for, and no transaction is open for.

Whoever embeds takes a batch first, for a while and by the id of the event that asks for it: others take what is left.
After a crash that event comes again and takes its batch anew; should it never come, the batch is free when its while is
over. What changed or went meanwhile gets no vector of what it said before. Vectors are stored before the event counts
as taken: of an event that comes twice, both do work that is kept, and one of them at a time.
"""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from contextfs.domain.access.store import assuming
from contextfs.domain.events.rules import LEASE
from contextfs.domain.search import generations
from contextfs.domain.search.generations import Batch, Generation, State
from contextfs.domain.search.passages import embedded_text
from contextfs.kit.call import Call, Outside, Services
from contextfs.kit.errors import Unavailable
from contextfs.kit.events import Event
from contextfs.kit.ports import Asks, Embedder, Row, Transaction

BATCH: Final = 32
WHILE: Final = timedelta(minutes=10)
"""How long a batch is taken for: longer than any model needs for it, on a busy machine too."""
AGAIN: Final = LEASE / 2
"""When an event that comes again takes its batch anew. While somebody works on it the event comes once, but for a bus
that brings it twice at once."""


def embed(call: Call, event: Event) -> Outside[None] | None:
    """Embed a batch of what waits in the generation that serves, beginning one where there is none; then ask for more.

    None when nothing more is to be done for now: nothing waits that is free, or there is nothing to make vectors with.
    """
    serving = generations.live(call.tx).get("serving")
    embedder = embedder_for(call.services, serving.model) if serving else call.services.embedder()
    if embedder is None or (serving and not generations.is_waiting(call.tx, serving.id, event.id, call.now)):
        return None

    def ask() -> int:
        return embed_batch(call, serving or _first(call, embedder), embedder, event.id)

    def then(later: Call, embedded: int) -> None:
        if embedded:
            later.emit("passages.indexed", event.subject, event.project_id)

    return Outside(ask, then)


def _first(call: Call, embedder: Embedder) -> Generation:
    with _apart(call) as tx:
        return begin(call, tx, embedder.model, "serving")


def begin(call: Call, tx: Transaction, model: str, state: State) -> Generation:
    """Begin a generation, or give the one of this state that somebody else began in this moment."""
    generations.open_one(tx, call.principal.org_id, call.new_id(), model, state, call.now)
    return generations.live(tx)[state]


def embed_batch(call: Call, generation: Generation, embedder: Embedder, by: UUID) -> int:
    """Embed a batch of the passages that wait and may be seen, each text once; gives how many there were.

    In transactions of its own, of which none is open while the model works. Unavailable when the model cannot answer,
    or gives vectors that do not fit those it gave before; then the batch is free again. Contended when somebody else
    is at work on the same event.
    """
    batch = Batch(call.principal.org_id, by, call.now, call.now + WHILE)
    with _apart(call) as tx:
        rows = generations.take(tx, generation, batch, again=AGAIN, limit=BATCH)
        if not rows:
            return 0
        texts = {row["id"]: _text(row) for row in rows}
        said = {text: _hash(text) for text in texts.values()}
        known = generations.known_vectors(tx, embedder.model, said.values())
    try:
        new = [text for text in said if said[text] not in known]
        vectors = [list(vector) for vector in embedder.embed(new)] if new else []
        _fit(call, generation, vectors)
        known |= {said[text]: vector_text(vector) for text, vector in zip(new, vectors, strict=True)}
    except Exception:
        with _apart(call) as tx:
            generations.release(tx, generation.id, batch)
        raise
    with _apart(call) as tx:
        _keep(tx, generation.id, [*texts], known)
        generations.release(tx, generation.id, batch)
    return len(texts)


def _keep(tx: Transaction, generation_id: UUID, passages: list[UUID], vectors: Mapping[bytes, str]) -> None:
    """Give passages their vectors, by the hash of what they say: those that wait still, of a generation that lives."""
    generation = generations.get(tx, generation_id)
    if generation is None or generation.state == "retired":
        return
    said = {row["id"]: _hash(_text(row)) for row in generations.waiting(tx, generation_id, passages)}
    fitting = [(one, vectors[made_from], made_from) for one, made_from in said.items() if made_from in vectors]
    generations.keep(tx, generation_id, fitting)


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


@contextmanager
def _apart(call: Call) -> Generator[Transaction]:
    """Open a transaction of its own."""
    with call.services.database.transaction(assuming(call.principal.org_id, call.principal.reader_id)) as (tx, _):
        yield tx


def _fit(call: Call, generation: Generation, vectors: list[list[float]]) -> None:
    """Hold vectors against the dimensions of their generation; the first ones tell them."""
    lengths = {len(vector) for vector in vectors}
    if generation.dimensions is None and len(lengths) == 1:
        with _apart(call) as tx:
            generations.measure(tx, generation.id, *lengths)
    elif vectors and lengths != {generation.dimensions}:
        told = f"{generation.model} gave vectors of {sorted(lengths)} dimensions instead of {generation.dimensions}"
        raise Unavailable(f"{told}: the model behind that name is another one now.")


def _text(row: Row) -> str:
    return embedded_text(source=row["source"], context=row["context"], body=row["body"], speakers=row["speakers"])


def _hash(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
