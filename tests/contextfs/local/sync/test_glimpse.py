"""Most syncs find nothing to do: one question to each side tells so, and whatever is due is not passed over."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from contextfs.client import ContextFS
from contextfs.domain.memories.model import MemoryChange
from contextfs.kit.errors import Unavailable
from contextfs.local import config
from contextfs.local.sync import glimpse, state
from tests.conftest import Tenant
from tests.contextfs.local.sessions.conversations import DECIDED, kept
from tests.contextfs.local.sync.linked import Linked

Make = Callable[[Tenant, str], Linked]


def in_step(one: Linked, key: str | None = None) -> bool:
    with one.machine.open() as store, ContextFS(one.url, key or one.tenant.key, attempts=1) as client:
        settings = config.read(store.place.config)
        return glimpse.is_in_step(store.base, client, settings, now=datetime.now(UTC), entropy=os.urandom)


def test_after_a_sync_both_are_in_step(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    laptop.machine.add("We deploy on Thursdays.")

    before, _, after = in_step(laptop), laptop.sync(), in_step(laptop)

    assert (False, True) == (before, after)


def test_what_is_private_keeps_nobody_waiting(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    laptop.machine.add("My key is in the drawer.", visibility="private")
    with laptop.machine.open() as store:
        kept(store, DECIDED, name="s1")
    laptop.sync()

    assert in_step(laptop)


def test_a_memory_that_becomes_private_is_due(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    one = laptop.machine.add("We deploy on Thursdays.")
    laptop.sync()
    with laptop.machine.open() as store:
        store.change(one, MemoryChange(visibility="private"))

    assert not in_step(laptop)


def test_a_session_that_is_shared_is_due(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    with laptop.machine.open() as store:
        kept(store, DECIDED, name="s1")
    laptop.sync()
    laptop.share()

    assert not in_step(laptop)


def test_what_changed_there_is_due_until_it_was_taken_in(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    laptop.sync()
    one = desk.machine.add("Staging listens on port 5433.")
    desk.sync()

    added = in_step(laptop)
    laptop.sync()
    taken = in_step(laptop)
    with desk.machine.open() as store:
        store.change(one, MemoryChange(visibility="private"))
    desk.sync()

    assert (False, True, False) == (added, taken, in_step(laptop))
    assert 1 == laptop.sync().pulled.withdrawn


def test_a_server_that_lets_us_in_no_more_is_left_to_the_sync_to_tell(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    laptop.sync()

    assert not in_step(laptop, key="ctx_wrong")


def test_a_server_that_is_away_is_told_at_once(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    laptop.sync()
    laptop.url = "http://127.0.0.1:1"

    with pytest.raises(Unavailable, match="does not answer"):
        in_step(laptop)


def test_another_server_has_nothing_of_ours(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    laptop.machine.add("We deploy on Thursdays.")
    laptop.sync()
    file = laptop.machine.root / ".contextfs/config.toml"
    file.write_text(config.with_server(file.read_text(), "http://127.0.0.1:2"))

    assert not in_step(laptop)


def test_that_it_went_well_is_remembered(linked: Make, ann: Tenant) -> None:
    laptop = linked(ann, "laptop")
    laptop.sync()
    with laptop.machine.open() as store:
        before = state.known(store.base).at

    assert in_step(laptop)
    with laptop.machine.open() as store:
        assert (before or "") < (state.known(store.base).at or "")
