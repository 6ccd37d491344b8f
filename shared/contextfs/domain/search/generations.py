"""Generations: all vectors of an organization that one model made. One serves, while another one may be built."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.errors import Contended
from contextfs.kit.fields import Moment
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

State = Literal["building", "serving", "retired"]

MOST_LACKING = 1000
"""As far as it is counted what has no vector yet: more says nothing more, and costs each search."""

_SQL = load("contextfs.domain.search", "generations.sql")


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """Vectors of one model. Its dimensions are known when its first vectors are there."""

    id: UUID
    model: str
    dimensions: int | None
    state: State
    graphed_at: Moment | None
    """Since when it has a graph of neighbours; without one, search compares all of its vectors."""
    started_at: Moment
    served_at: Moment | None
    problem: str | None
    """What keeps it from going on; it is tried again by itself, and by asking for it again."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of a generation."""

    generation: Generation
    passages: Annotated[int, Meta(ge=0)]
    waiting: Annotated[int, Meta(ge=0)]


class Reindexing(msgspec.Struct, frozen=True, kw_only=True):
    """The model of the server's settings, the vectors that search uses now, and those being built to replace them.

    And the languages of the settings, with how many passages were made for others.
    """

    model: str | None
    serving: Progress | None
    building: Progress | None
    problem: str | None = None
    """Why nothing was begun, and the cure."""
    languages: list[str] = []
    """The languages of the server's settings, beside English."""
    outdated: Annotated[int, Meta(ge=0)] = 0
    """How many passages were made for other languages, and wait to be made for these."""


class Count(NamedTuple):
    """How many passages, and how many of them wait."""

    passages: int
    waiting: int


class Batch(NamedTuple):
    """What an event takes of a generation, from when and until when."""

    org_id: UUID
    event_id: UUID
    taken_at: datetime
    taken_until: datetime


class Left(NamedTuple):
    """What keeps a generation from being whole, beside what somebody may see and take.

    `taken_until`: until when others have taken something of it; `waits_for`: one of those whose private passages wait,
    and are free.
    """

    taken_until: datetime | None
    waits_for: UUID | None


def live(tx: Transaction) -> dict[State, Generation]:
    """Give the generation that serves and the one that is being built, as far as they are there."""
    found = [Generation(**row) for row in tx.all(_SQL["live"])]
    return {one.state: one for one in found}


def get(tx: Transaction, generation_id: UUID) -> Generation | None:
    """Read a generation."""
    row = tx.one(_SQL["get"], {"id": generation_id})
    return Generation(**row) if row else None


def retired(tx: Transaction) -> list[Generation]:
    """Give the generations whose vectors are still to be dropped."""
    return [Generation(**row) for row in tx.all(_SQL["retired"])]


def open_one(tx: Transaction, org_id: UUID, generation_id: UUID, model: str, state: State, now: datetime) -> bool:
    """Begin a generation, for which every passage waits; False when there is one of this state already."""
    hold(tx, org_id)
    named = {"org_id": org_id, "id": generation_id, "model": model, "state": state, "now": now}
    if tx.one(_SQL["open"], named) is None:
        return False
    tx.one(_SQL["await"], {"id": generation_id})
    return True


def serve(tx: Transaction, org_id: UUID, generation_id: UUID, now: datetime) -> None:
    """Let search ask this generation from now on, and retire the one before."""
    hold(tx, org_id)
    tx.run(_SQL["retire"], {"states": ["serving"], "besides": generation_id})
    tx.run(_SQL["serve"], {"id": generation_id, "now": now})


def give_up(tx: Transaction, generation: Generation, besides: UUID) -> None:
    """Retire what is being built, for another one is wanted now."""
    tx.run(_SQL["retire"], {"states": [generation.state], "besides": besides})


def measure(tx: Transaction, generation_id: UUID, dimensions: int) -> None:
    """Keep how many dimensions a generation has."""
    tx.run(_SQL["measure"], {"id": generation_id, "dimensions": dimensions})


def note(tx: Transaction, generation_id: UUID, problem: str | None) -> None:
    """Keep what keeps a generation from going on; None: nothing."""
    tx.run(_SQL["note"], {"id": generation_id, "problem": problem})


def count(tx: Transaction, generation_id: UUID) -> Count:
    """Count a generation's passages, other people's private ones too."""
    row = tx.one(_SQL["count"], {"id": generation_id})
    return Count(**row) if row else Count(0, 0)


def lacking(tx: Transaction, projects: Collection[UUID] | None) -> Callable[[], int]:
    """Count the passages of some projects (None: all) that may be seen and cannot be compared by meaning yet.

    It is counted while something else is done, and no further than to `MOST_LACKING`.
    """
    asked = {"projects": None if projects is None else list(projects), "most": MOST_LACKING}
    found = tx.ask(_SQL["lacking"], asked)
    return lambda: (found() or {"passages": 0})["passages"]


def hold(tx: Transaction, org_id: UUID) -> None:
    """Let nobody store passages until this transaction ends."""
    tx.soon(_SQL["hold"], {"org_id": org_id})


def left(tx: Transaction, generation_id: UUID, now: datetime) -> Left:
    """Tell what waits of a generation that others work on, or that only others see."""
    row = tx.one(_SQL["left"], {"id": generation_id, "now": now})
    return Left(**row) if row else Left(None, None)


def is_waiting(tx: Transaction, generation_id: UUID, by: UUID, now: datetime) -> bool:
    """Tell whether a passage waits for a vector of a generation that nobody else has taken."""
    row = tx.one(_SQL["is_waiting"], {"id": generation_id, "by": by, "now": now})
    return row is not None and row["waits"]


def take(tx: Transaction, generation: Generation, batch: Batch, *, again: timedelta, limit: int) -> list[Row]:
    """Take passages of the reader's that wait for a vector and are free; gives them, or none.

    What the same event took that long ago (`again`) it takes anew: who worked on it is gone. Contended before: who did
    may be at it still.
    """
    moments = {"now": batch.taken_at, "until": batch.taken_until, "before": batch.taken_at - again}
    named = {"id": generation.id, "org_id": batch.org_id, "by": batch.event_id, "limit": limit, **moments}
    tx.soon(_SQL["hold_batches"], named)
    tx.soon(_SQL["end_batches"], named)
    own = tx.ask(_SQL["own_batch"], named)
    rows = tx.all(_SQL["take"], named)
    if not rows and (own() or {"is_taken": False})["is_taken"]:
        raise Contended("These vectors are being made in this moment.")
    return rows


def waiting(tx: Transaction, generation_id: UUID, passages: Collection[UUID]) -> list[Row]:
    """Give those of some passages that wait for a vector still, and hold them; not those that others hold."""
    return tx.all(_SQL["waiting"], {"id": generation_id, "passages": list(passages)})


def release(tx: Transaction, generation_id: UUID, batch: Batch) -> None:
    """Let others take what was taken and has no vector."""
    named = {"id": generation_id, "by": batch.event_id, "taken_at": batch.taken_at}
    tx.run(_SQL["release"], named)


def known_vectors(tx: Transaction, model: str, said: Collection[bytes]) -> dict[bytes, str]:
    """Find vectors that this model made from one of these texts already, by the texts' hashes."""
    rows = tx.all(_SQL["known"], {"model": model, "said": list(said)})
    return {bytes(row["said"]): row["vector"] for row in rows}


def keep(tx: Transaction, generation_id: UUID, vectors: Sequence[tuple[UUID, str, bytes]]) -> None:
    """Give passages their vectors, each with the hash of the text that it was made from."""
    tx.many(
        _SQL["keep"],
        [{"id": generation_id, "passage_id": one, "vector": vector, "said": said} for one, vector, said in vectors],
    )


def drop(tx: Transaction, generation_id: UUID, *, most: int) -> bool:
    """Drop some vectors of a retired generation, and it too when none is left; False when nothing is left."""
    if (tx.one(_SQL["drop_vectors"], {"id": generation_id, "most": most}) or {"dropped": 0})["dropped"]:
        return True
    tx.run(_SQL["drop"], {"id": generation_id})
    return False
