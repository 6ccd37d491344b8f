"""What holds no longer does not come up in a local store, unless it is asked for; then it says what holds instead."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contextfs.domain.context.request import ContextReply, ContextRequest
from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.local.model import MemoryQuery
from contextfs.local.search.packing import pack
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.search.indexes import found, opened
from tests.contextfs.local.sessions.conversations import kept

REDIS, VALKEY = "We decided to use Redis for the cache.", "We decided to use Valkey for the cache."


@pytest.fixture
def cache(machine: Machine) -> dict[str, UUID]:
    """Give the ids, by their texts, of a decision and of the one that overtook it."""
    with machine.open() as store:
        kept(store, REDIS)
        kept(store, "Good.", "Yes.", VALKEY, name="s2")
        for colour in ("red", "green", "blue", "black", "white"):
            store.add(NewMemory(project_id=PROJECT, content=f"The {colour} wall was painted last."))
        return {one.content: one.id for one in store.page(MemoryQuery(type="decision", superseded=True))}


def listed(machine: Machine, **more: Any) -> dict[UUID, str]:
    with machine.open() as store:
        return {one.id: str(one.overtaken or "") for one in store.page(MemoryQuery(type="decision", **more))}


def searched(machine: Machine, query: str = "the cache", **more: Any) -> dict[UUID, str]:
    hits = found(machine, query, sources=["memory"], types=["decision"], **more).hits
    return {hit.id: str(hit.overtaken or "") for hit in hits}


def packed(machine: Machine, **more: Any) -> ContextReply:
    request = ContextRequest(
        project_id=PROJECT, task="Redis or Valkey for the cache?", types=["decision"], messages=False, **more
    )
    with opened(machine) as index:
        return pack(index, request, now=machine.now)


def test_what_consolidation_closed_is_left_out(machine: Machine, cache: dict[str, UUID]) -> None:
    holds = {cache[VALKEY]: ""}

    assert [holds] * 3 == [listed(machine), searched(machine), searched(machine, "type:decision")]
    assert {*holds} == {item.id for item in packed(machine).items}


def test_asked_for_it_comes_up_and_says_what_overtook_it(machine: Machine, cache: dict[str, UUID]) -> None:
    pack = packed(machine, superseded=True)
    told = {cache[VALKEY]: "", cache[REDIS]: str(next(one.overtaken for one in pack.items if one.overtaken))}

    assert told[cache[REDIS]].endswith(f" by {cache[VALKEY].hex[-12:]}")
    assert [told] * 3 == [
        listed(machine, superseded=True),
        searched(machine, superseded=True),
        searched(machine, "type:decision", superseded=True),
    ]
    assert told == {item.id: str(item.overtaken or "") for item in pack.items}
    assert told[cache[REDIS]] in pack.text


@pytest.mark.parametrize("end", ["valid_to", "expires_at"])
def test_what_ended_is_left_out_even_if_it_is_pinned(end: str, machine: Machine) -> None:
    when = datetime(2020, 1, 1, tzinfo=UTC)
    memory = machine.add("The cache is cold.", type="decision", pinned=True, **{end: when})
    told = {memory: {"valid_to": "ended", "expires_at": "expired"}[end] + " on 2020-01-01"}

    assert ({}, {}, []) == (listed(machine), searched(machine), packed(machine).items)
    assert told == listed(machine, superseded=True) == searched(machine, superseded=True)
    assert [memory] == [item.id for item in packed(machine, superseded=True).items]


def test_what_is_to_end_later_holds_until_then(machine: Machine) -> None:
    until = machine.now + timedelta(days=1)
    memory = machine.add("The cache is warm.", type="decision", pinned=True, valid_to=until)
    before = searched(machine), listed(machine), len(packed(machine).items)
    machine.now = until

    assert ({memory: ""}, {memory: ""}, 1) == before
    assert ({}, {}, 0) == (searched(machine), listed(machine), len(packed(machine).items))


def test_added_by_hand_once_more_it_holds_anew(machine: Machine) -> None:
    memory = machine.add("The cache is cold.", type="decision", valid_to=datetime(2020, 1, 1, tzinfo=UTC))
    before = listed(machine)
    again = machine.add("the cache is cold", type="decision")

    assert ({}, memory) == (before, again)
    assert {memory: ""} == listed(machine) == searched(machine)


def test_an_end_that_is_set_later_is_heeded_at_once(machine: Machine) -> None:
    memory = machine.add("The cache is cold.", type="decision")
    before = searched(machine)
    with machine.open() as store:
        store.change(memory, MemoryChange(valid_to=machine.now))

    assert ({memory: ""}, {}) == (before, searched(machine))
