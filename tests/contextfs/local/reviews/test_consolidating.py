"""What was learned twice becomes one memory of a store, what was overtaken is closed, and all of it can be undone."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.journeys.consolidate.plan import plan
from contextfs.journeys.consolidate.recall import LEAST_DAYS, SPAN
from contextfs.kit.errors import NotFound
from contextfs.kit.overtaken import RETIRED
from contextfs.local.model import LocalMemory, MemoryQuery
from contextfs.local.packs import store as packs
from contextfs.local.reviews.consolidating import consolidate, follow, memories
from contextfs.local.reviews.queue import decide, reviews
from contextfs.local.sessions import learning
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.sessions.conversations import DECIDED, kept, session

AGAIN = "We have decided to use Postgres for the queue instead of Redis."
CACHE, NEW_CACHE = "We decided to use Redis for the cache.", "We decided to use Valkey for the cache."


def listed(store: LocalStore, kind: str = "decision", *, superseded: bool = False) -> list[LocalMemory]:
    return store.page(MemoryQuery(type=kind, superseded=superseded))


def states(store: LocalStore, ids: Iterable[UUID]) -> dict[UUID, object]:
    return {one: store.state(one) for one in ids}


def test_what_two_sessions_taught_is_one_memory_with_two_proofs(machine: Machine) -> None:
    with machine.open() as store:
        first, second = kept(store, DECIDED), kept(store, AGAIN, name="s2")
        [memory] = listed(store)

    assert memory.content == DECIDED
    assert {proof["session_id"] for proof in memory.provenance} == {str(first), str(second)}
    assert machine.file(memory.id).exists()


def test_undo_gives_back_exactly_what_was_and_it_is_not_done_again(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        kept(store, DECIDED)
        second = sessions.capture(session(AGAIN, name="s2"))
        sessions.complete(second.session.id)
        learning.learn(sessions, second.session.id)
        before = states(store, [one.id for one in memories(store)])
        learning.finish(sessions)
        [settled] = reviews(store, "settled")
        done = decide(store, settled.id, "undo")
        consolidate(store)

        assert set(done.changed) == set(before)
        assert states(store, before) == before
        assert (len(listed(store)), reviews(store), reviews(store, "settled")) == (2, [], [])
        assert all(store.path_of(one).exists() for one in listed(store))


@pytest.mark.parametrize("by", ["a command", "hand", "a change before"])
def test_a_memory_that_a_person_deletes_is_not_taken_for_retired_by_a_mark_that_an_edit_left(
    machine: Machine, by: str
) -> None:
    other = machine.add("We sign with RS256.")
    mark = {RETIRED: {"as": "duplicate", "for": str(other)}}
    kept = machine.add("We deploy on Fridays.", metadata=mark)
    with machine.open() as store:
        if by == "a change before":
            store.change(kept, MemoryChange(tags=["deploy"]))
            assert RETIRED not in store.get(kept).metadata
        if by == "hand":
            machine.file(kept).unlink()
            store.refresh()
        else:
            store.remove(kept)

        assert (True, []) == (store.state(kept) is not None, reviews(store, "settled"))
        assert [other] == [one.id for one in store.page(MemoryQuery())]


def test_a_session_that_teaches_a_merged_memory_again_proves_the_one_that_stands(machine: Machine) -> None:
    with machine.open() as store:
        kept(store, DECIDED)
        kept(store, AGAIN, name="s2")
        third = kept(store, AGAIN, name="s3")
        [memory] = listed(store)

    assert str(third) in {proof["session_id"] for proof in memory.provenance}


def test_a_later_decision_closes_the_earlier_one_and_saying_the_earlier_again_opens_it(machine: Machine) -> None:
    with machine.open() as store:
        kept(store, CACHE)
        kept(store, "Good.", "Yes.", NEW_CACHE, name="s2")
        closed = {one.content: one.valid_to is not None for one in listed(store, superseded=True)}
        kept(store, "Good.", "Yes.", "Good.", "Yes.", CACHE, name="s3")
        opened = {one.content: one.valid_to is not None for one in listed(store, superseded=True)}

    assert closed == {CACHE: True, NEW_CACHE: False}
    assert opened == {CACHE: False, NEW_CACHE: True}


def test_what_people_wrote_waits_and_is_decided_by_them(machine: Machine) -> None:
    machine.add("We like npm best.")
    machine.add("we like npm the best")
    with machine.open() as store:
        assert consolidate(store) == 0
        [asked] = reviews(store)
        decide(store, asked.id, "accept")

        assert asked.other is not None
        assert [one.id for one in listed(store, "fact")] == [asked.other.id]
        assert store.log(asked.memory.id)[0].author == machine.who
        assert reviews(store) == []


def test_what_is_kept_apart_is_not_asked_again(machine: Machine) -> None:
    machine.add("We like npm best.")
    machine.add("we like npm the best")
    with machine.open() as store:
        [asked] = reviews(store)
        decide(store, asked.id, "keep_both")

        assert (reviews(store), len(listed(store, "fact"))) == ([], 2)


def test_who_rejects_a_contradiction_believes_the_earlier_one(machine: Machine) -> None:
    with machine.open() as store:
        first = store.add(NewMemory(project_id=PROJECT, content="The staging port is 5433.", type="fact")).memory
        second = store.add(
            NewMemory(project_id=PROJECT, content="The staging port is 6543.", metadata={"said_by": "assistant"})
        ).memory
        [asked] = reviews(store)
        decide(store, asked.id, "reject")

        assert [one.valid_to is None for one in (store.get(first.id), store.get(second.id))] == [True, False]
        assert (asked.memory.id, reviews(store)) == (first.id, [])


def test_nothing_of_a_private_memory_comes_into_a_shared_one(machine: Machine) -> None:
    machine.add(DECIDED, type="decision")
    with machine.open() as store:
        kept(store, AGAIN)

        assert {one.visibility: one.provenance for one in listed(store) if one.visibility == "project"} == {
            "project": []
        }
        assert (len(listed(store)), reviews(store)) == (2, [])


def test_a_decision_on_a_review_that_is_gone_is_told(machine: Machine) -> None:
    with machine.open() as store, pytest.raises(NotFound, match="ctx review"):
        decide(store, UUID(int=1), "accept")


def test_what_changes_while_it_is_planned_is_left_for_the_next_time(machine: Machine) -> None:
    with machine.open() as store:
        kept(store, DECIDED)
        sessions = LocalSessions(store)
        second = sessions.capture(session(AGAIN, name="s2"))
        sessions.complete(second.session.id)
        learning.learn(sessions, second.session.id)
        [found] = [one for one in listed(store) if one.content == AGAIN]
        seen = {one.id: one.fields for one in memories(store)}
        store.change(found.id, MemoryChange(content="We use Kafka for the queue."))

        old = plan(
            [msgspec.structs.replace(one, fields=seen[one.id], written=False) for one in memories(store)], machine.now
        )

        assert [follow(store, one, seen=seen) for one in old.sure] == [[]]


def test_what_nobody_asked_for_in_half_a_year_is_asked_about_and_stays(machine: Machine) -> None:
    with machine.open() as store:
        kept(store, "The staging port is 5433.")
        [silent] = listed(store, "fact")
        other = store.add(NewMemory(project_id=PROJECT, content="Answer in English.", pinned=True)).memory.id
        began = machine.now
        handed(store, silent.id)
        for _ in range(LEAST_DAYS + 1):
            machine.now += timedelta(days=1)
            handed(store, other)
        early = reviews(store)
        machine.now = began + SPAN + timedelta(days=1)
        quiet = reviews(store)
        for _ in range(LEAST_DAYS):
            machine.now += timedelta(days=1)
            handed(store, other)
        [asked] = reviews(store)
        decide(store, asked.id, "keep_both")

        assert ([], 1) == (early, len(quiet))
        assert ("stale", silent.id) == (asked.kind, asked.memory.id)
        assert ([], [silent.id]) == (reviews(store), [one.id for one in listed(store, "fact") if one.id != other])


def handed(store: LocalStore, memory_id: UUID) -> None:
    """Note that a memory was handed over today."""
    if not store.base.one("select 1 from sqlite_master where name = 'recalls'"):
        with store.base.transaction():
            store.base.script("contextfs.local.packs")
    values = {"handed": f'["{memory_id}"]', "day": store.now().date().isoformat()}
    store.base.run(packs.SQL["note"], values)
