"""Have another model make an organization's vectors, a batch at a time, while search goes on with those that are there.

Each step is one event: it embeds a batch and asks for the next one. Private passages are read as the people whose they
are. When none waits any more search turns to the new generation, in one transaction, and the old one is dropped. Of
several that go on at once, who finds nothing left to take goes: the last one turns.
"""

from uuid import UUID

import msgspec

from contextfs.domain.access.store import assuming
from contextfs.domain.events.store import tell_later
from contextfs.domain.search import generations, retermed
from contextfs.domain.search.generations import Generation, Progress, Reindexing
from contextfs.journeys.find import reterm
from contextfs.journeys.find.embed import BATCH, begin, embed_batch, embedder_for
from contextfs.kit.call import Call, Outside
from contextfs.kit.errors import Contended, ContextFSError, Unavailable
from contextfs.kit.ports import Embedder

_DROPPED = 2000
_NONE = "No embedder is set: CONTEXTFS_EMBEDDER or CONTEXTFS_MODEL says what makes vectors."


def reindex(call: Call) -> Reindexing:
    """Begin a generation of the model that is set now, or go on with it; where it serves, what waits is embedded.

    What is being built by a model that is not set any more is given up. Without an embedder the reply says so. Passages
    that were made for other languages than are set get their terms anew beside that.
    """
    is_retermed = reterm.begin(call)
    embedder = call.services.embedder()
    if embedder is None:
        if is_retermed:
            return status(call)
        call.note(problem="no embedder")
        return msgspec.structs.replace(status(call), problem=_NONE)
    live = generations.live(call.tx)
    serving, building = live.get("serving"), live.get("building")
    if building is not None and building.model != embedder.model:
        generations.give_up(call.tx, building, call.principal.org_id)
        _continue(call, building.id)
        building = None
    if serving is None or serving.model == embedder.model:
        wanted = serving or begin(call, call.tx, embedder.model, "serving")
    else:
        wanted = building or begin(call, call.tx, embedder.model, "building")
    _continue(call, wanted.id)
    for old in generations.retired(call.tx):
        _continue(call, old.id)
    call.note(subject=wanted.id, model=wanted.model)
    return status(call)


def status(call: Call) -> Reindexing:
    """Tell what search asks, and how far what is to take its place has come."""
    live = generations.live(call.tx)
    try:
        embedder = call.services.embedder()
    except Unavailable:
        embedder = None
    return Reindexing(
        model=embedder.model if embedder else None,
        serving=_progress(call, live.get("serving")),
        building=_progress(call, live.get("building")),
        languages=list(call.services.languages),
        outdated=retermed.count(call.tx, call.services.languages),
    )


def step(call: Call, generation_id: UUID, by: UUID) -> Outside[None] | None:
    """Go on with a generation: embed a batch, turn to it, or drop a part of what is retired. `by` is the event's id."""
    generation = generations.get(call.tx, generation_id)
    if generation is None:
        return None
    if generation.state == "retired":
        if generations.drop(call.tx, generation_id, most=_DROPPED):
            _continue(call, generation_id)
        return None

    def ask() -> int:
        try:
            return embed_batch(call, generation, _embedder(call, generation), by)
        except Contended:
            raise
        except ContextFSError as error:
            _tell(call, generation_id, error.detail)
            raise

    return Outside(ask, lambda later, embedded: _go_on(later, generation_id, embedded))


def _go_on(call: Call, generation_id: UUID, embedded: int) -> None:
    """Ask for the next batch, of the same reader or another; behind the last one, turn to what was built."""
    generation = generations.get(call.tx, generation_id)
    if generation is None or generation.state == "retired":
        return
    generations.note(call.tx, generation_id, None)
    if embedded == BATCH:
        _continue(call, generation_id)
        return
    if generation.state == "building":
        generations.hold(call.tx, call.principal.org_id)
    left = generations.left(call.tx, generation_id, call.now)
    if left.waits_for is not None:
        _continue(call, generation_id, reader=left.waits_for)
    elif left.taken_until is not None:  # who took it goes on; should they never come back, this does
        tell_later(call.tx, call.event("reindex.continued", generation_id, None), left.taken_until)
    elif generation.state == "building":
        _turn(call, generation)


def _embedder(call: Call, generation: Generation) -> Embedder:
    embedder = embedder_for(call.services, generation.model)
    if embedder is None:
        raise Unavailable(f"{generation.model} is not set any more: ask for reindexing again, with what is set now.")
    return embedder


def _turn(call: Call, generation: Generation) -> None:
    """Let search ask the new generation; what came in since the last batch gets its vectors as all that is new does.

    That was stored before this transaction held who stores, and may be seen by its reader.
    """
    generations.serve(call.tx, call.principal.org_id, generation.id, call.now)
    for old in generations.retired(call.tx):
        _continue(call, old.id)
    call.emit("passages.indexed", generation.id, None)
    call.emit("reindex.finished", generation.id, None, model=generation.model)


def _continue(call: Call, generation_id: UUID, *, reader: UUID | None = None) -> None:
    call.emit("reindex.continued", generation_id, None, reader=reader)


def _progress(call: Call, generation: Generation | None) -> Progress | None:
    if generation is None:
        return None
    counted = generations.count(call.tx, generation.id)
    return Progress(generation=generation, passages=counted.passages, waiting=counted.waiting)


def _tell(call: Call, generation_id: UUID, problem: str) -> None:
    """Keep what went wrong, in a transaction of its own: this one will be undone."""
    opening = assuming(call.principal.org_id, call.principal.reader_id)
    with call.services.database.transaction(opening) as (tx, _):
        generations.note(tx, generation_id, problem)
