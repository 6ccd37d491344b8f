"""Revisions leave in batches, several of them under way at once; a push that is cut goes on where it was."""

from collections.abc import Callable
from threading import Barrier, BrokenBarrierError

import pytest

from contextfs.client.resources.sync import Sync
from contextfs.domain.feed.model import Pushed
from contextfs.domain.memories.model import MemoryChange
from contextfs.kit.errors import Unavailable
from contextfs.local.sync import push as pushing
from tests.conftest import Tenant
from tests.contextfs.local.sync.linked import Linked

Make = Callable[[Tenant, str], Linked]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a batch hold three revisions."""
    monkeypatch.setattr(pushing, "REVISIONS_A_CALL", 3)


def test_every_revision_of_many_batches_arrives_once(linked: Make, ann: Tenant, ben: Tenant) -> None:
    laptop, desk = linked(ann, "laptop"), linked(ben, "desk")
    memories = [laptop.machine.add(f"Fact number {number}.") for number in range(7)]
    with laptop.machine.open() as store:
        for number in range(6):  # its revisions are in several batches
            store.change(memories[3], MemoryChange(content=f"Fact number 3, {number}."))

    pushed, again = laptop.sync("push").pushed, laptop.sync("push").pushed
    pulled = desk.sync("pull").pulled

    assert (13, 13, 0) == (pushed.sent, pushed.stored, pushed.refused)
    assert 0 == again.sent
    assert (13, 7, 0) == (pulled.revisions, pulled.memories, pulled.conflicted)
    assert laptop.known() == desk.known()


def test_two_batches_are_under_way_at_once(linked: Make, ann: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop = linked(ann, "laptop")
    for number in range(6):
        laptop.machine.add(f"Fact number {number}.")
    both, push = Barrier(2), Sync.push

    def meeting(self: Sync, *args: object, **kwargs: object) -> Pushed:
        both.wait(20)
        return push(self, *args, **kwargs)  # pyright: ignore[reportArgumentType] - passed on

    monkeypatch.setattr(Sync, "push", meeting)

    try:
        assert 6 == laptop.sync("push").pushed.stored
    except BrokenBarrierError:
        pytest.fail("one waited for the other")


def test_a_push_that_is_cut_goes_on_and_sends_nothing_that_was_remembered(
    linked: Make, ann: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = linked(ann, "laptop")
    for number in range(12):
        laptop.machine.add(f"Fact number {number}.")
    push, calls = Sync.push, list[int]()

    def cut(self: Sync, *args: object, **kwargs: object) -> Pushed:
        calls.append(1)
        if len(calls) == 3:
            raise Unavailable("the network is down")
        return push(self, *args, **kwargs)  # pyright: ignore[reportArgumentType] - passed on

    with monkeypatch.context() as patch:
        patch.setattr(Sync, "push", cut)
        with pytest.raises(Unavailable):
            laptop.sync("push")
    rest = laptop.sync("push").pushed

    assert (6, 0) == (rest.sent, rest.refused)
    assert 12 == len(ann.call("GET", "/v1/memories?limit=100").json()["items"])
