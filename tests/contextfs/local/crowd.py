"""One of many processes at one store: it adds, edits, lists, looks, and takes in, and tells how long it waited.

Run as a program: `crowd.py ROOT NAME ROUNDS SHARED`. Prints a line of JSON: what was acknowledged, the longest that it
waited for the lock, and the longest that it held it, in seconds.
"""

import json
import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID

from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.kit.ids import uuid7
from contextfs.local import place
from contextfs.local.base.connection import PATIENCE_SECONDS, Base
from contextfs.local.model import MemoryQuery
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT

held: list[float] = [0.0]
waited: list[float] = [0.0]


def measured() -> None:
    """Have each transaction tell how long it waited, and how long others had to wait for it."""
    begin, transaction = Base._begin, Base.transaction  # pyright: ignore[reportPrivateUsage] - the place to measure at

    def timed_begin(self: Base, patience: float) -> None:
        before = time.monotonic()
        begin(self, patience)
        waited.append(time.monotonic() - before)

    @contextmanager
    def timed(self: Base, *, durable: bool = True, patience: float = PATIENCE_SECONDS) -> Generator[None]:
        is_outer = not self._inside  # pyright: ignore[reportPrivateUsage] - as above
        before, waits = time.monotonic(), len(waited)
        with transaction(self, durable=durable, patience=patience):
            yield
        if is_outer:
            held.append(time.monotonic() - before - sum(waited[waits:]))

    Base._begin = timed_begin  # pyright: ignore[reportPrivateUsage] - as above
    Base.transaction = timed


def fact(number: int) -> Revision:
    """Make what a server would send: a memory of somebody else."""
    memory_id = uuid7(datetime.now(UTC), os.urandom)
    fields = Fields(type="fact", content=f"Somebody else says {number} {memory_id}", visibility="project")
    return Revision(memory_id=memory_id, fields=fields, author="user:zoe", clock="2030-01-31T12:00:00.000Z-0000")


def one_round(store: LocalStore, name: str, number: int, shared: UUID) -> list[str]:
    """Do what people, agents and a sync do at once; gives the texts that were acknowledged."""
    store.refresh()
    chance = Random(f"{name} {number}")  # noqa: S311 - repeatable
    said = f"{name} says {number}"
    added = store.add(NewMemory(project_id=PROJECT, content=said)).memory
    store.change(shared, MemoryChange(tags=[f"t{number % 5}"]))
    if chance.random() < 0.3:
        store.change(added.id, MemoryChange(type="decision"))
    if chance.random() < 0.3:
        path = store.path_of(store.get(added.id))
        path.write_text(f"{path.read_text()}By hand.\n")
        said = f"{said}\nBy hand."
        store.refresh()
    if chance.random() < 0.3:
        store.remove(store.add(NewMemory(project_id=PROJECT, content=f"{name} forgets {number}")).memory.id)
    pulled = [fact(one) for one in range(20)]
    store.take_in(pulled, sent=True)
    store.page(MemoryQuery(limit=20))
    return [said, *(one.fields.content for one in pulled)]


def main(root: Path, name: str, rounds: int, shared: UUID) -> None:
    """Do some rounds, each as a command of its own would: with the store opened anew."""
    measured()
    said: list[str] = []
    for number in range(rounds):
        here = place.required(root)
        with LocalStore.open(here, now=lambda: datetime.now(UTC), entropy=os.urandom, actor=lambda: name) as store:
            said += one_round(store, name, number, shared)
    print(json.dumps({"said": said, "waited": max(waited), "held": max(held)}))  # noqa: T201 - the result


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), UUID(sys.argv[4]))
