"""Packs of a local store: kept in passing, asked for later, and never in the way."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from contextfs.domain.context.request import ContextReply, ContextRequest
from contextfs.kit.errors import NotFound
from contextfs.local.packs import store
from contextfs.local.search.packing import pack
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.search.indexes import opened

TASK = "Which port does the staging database listen on?"


@pytest.fixture
def port(machine: Machine) -> UUID:
    """Give the memory that fits the task, among others that do not."""
    for colour in ("red", "green", "blue", "black"):
        machine.add(f"The {colour} wall of staging was painted.")
    return machine.add("The staging database listens on port 5433.")


def packed(machine: Machine, task: str = TASK) -> ContextReply:
    with opened(machine) as index:
        return pack(index, ContextRequest(project_id=PROJECT, task=task), now=machine.tick())


def test_it_tells_what_was_handed_over_and_what_was_not_and_why(machine: Machine, port: UUID) -> None:
    reply = packed(machine)
    assert reply.id
    with opened(machine) as index:
        found = store.find(index.base, str(reply.id))
        again = store.find(index.base, reply.id.hex[-12:]), store.find(index.base, "last")

    assert (found, found) == again
    assert f'pack="{reply.id.hex[-12:]}"' in reply.text
    assert [(one.id, one.line) for one in found.choices if one.chosen] == [
        (port, "The staging database listens on port 5433.")
    ]
    assert reply.left_out == sum(not one.chosen for one in found.choices) > 0
    assert [item.reason for item in reply.items] == [one.reason for one in found.choices if one.chosen]


def test_no_text_of_a_memory_and_no_secret_of_a_task_is_kept(machine: Machine, port: UUID) -> None:
    secret = "ghp_9fKq2LmX7vTzR4wYbN8cJdHs3gPaE61uVtQk"
    packed(machine, f"{TASK} {secret}")
    with machine.open() as here:
        here.remove(port)
    with opened(machine) as index:
        [row] = index.base.all("select record from packs")
        found = store.find(index.base, "last")

    assert not any(word in row["record"] for word in (secret, "5433"))
    assert "[redacted:" in found.task
    assert [None] == [one.line for one in found.choices if one.id == port]


def test_what_is_not_there_is_told(machine: Machine) -> None:
    with opened(machine) as index:
        with pytest.raises(NotFound, match="No context pack yet: `ctx context TASK` makes one"):
            store.find(index.base, "last")
        with pytest.raises(NotFound, match="no such pack"):
            store.find(index.base, "0" * 12)


def test_a_store_that_is_busy_hands_its_pack_over_all_the_same(machine: Machine, port: UUID) -> None:
    packed(machine)
    other = sqlite3.connect(machine.root / ".contextfs/local/index.db", isolation_level=None)
    other.execute("begin immediate")
    reply = packed(machine)
    other.execute("rollback")
    other.close()

    assert ([port], None) == ([item.id for item in reply.items], reply.id)


def test_a_store_that_cannot_be_written_hands_its_pack_over_all_the_same(machine: Machine, port: UUID) -> None:
    packed(machine)
    with opened(machine) as index:
        index.base.run("pragma query_only = on")
        reply = pack(index, ContextRequest(project_id=PROJECT, task=TASK), now=machine.tick())

    assert ([port], None) == ([item.id for item in reply.items], reply.id)


def test_many_at_once_are_all_handed_over_and_each_that_has_an_id_is_kept(machine: Machine, port: UUID) -> None:
    packed(machine)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(packed, [machine] * 12))
    with opened(machine) as index:
        kept = [store.find(index.base, str(reply.id)).id for reply in replies if reply.id]

    assert [[port]] * 12 == [[item.id for item in reply.items] for reply in replies]
    assert [reply.id for reply in replies if reply.id] == kept


def test_old_packs_go_and_what_was_handed_over_stays_known(machine: Machine, port: UUID) -> None:
    old = packed(machine)
    day = machine.now.date()
    machine.now += timedelta(days=91)
    young = packed(machine, "Nothing that is known.")
    with opened(machine) as index:
        ids = [UUID(row["id"]) for row in index.base.all("select id from packs")]
        last, use = store.recalled(index.base), store.use(index.base, day)

    assert ([young.id], {port: day}, (day, 1)) == (ids, last, use)
    assert old.id not in ids
