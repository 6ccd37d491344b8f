"""A search embeds for a moment alone, however long one text takes; what is left waits for the background."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from contextfs.local.search import embedding
from contextfs.local.search import index as index_module
from contextfs.local.search.embedding import Moment, waiting
from contextfs.local.search.index import SLICE_SECONDS
from contextfs.local.search.model import Wanted
from tests.contextfs.local.places import Machine
from tests.contextfs.local.search.indexes import opened
from tests.functions.letters import Letters

LONG = "It was decided so because of the gateway. " * 20


class Slow(Letters):
    """Takes its time for each text, by a clock on which nothing else does; tells how many it was given at once."""

    model = "slow"

    def __init__(self, seconds: float, now: list[float]) -> None:
        self.seconds = seconds
        self.now = now
        self.batches: list[int] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Give each text its vector, late."""
        self.batches.append(len(texts))
        self.now[0] += self.seconds * len(texts)
        return [[*one] for one in super().embed(texts)]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the time, in seconds, as a search that has its usual moment reads it."""
    made = [100.0]
    monkeypatch.setattr(index_module, "SLICE_SECONDS", SLICE_SECONDS)
    monkeypatch.setattr(embedding, "time", SimpleNamespace(monotonic=lambda: made[0]))
    return made


def test_texts_that_take_long_are_embedded_one_and_not_sixteen(machine: Machine, now: list[float]) -> None:
    for number in range(20):
        machine.add(f"Service {number} listens on port {number}. {LONG}")
    slow = Slow(0.3, now)

    with opened(machine, slow) as index:
        reply = index.search(Wanted(query="which port"))
        left = waiting(index.base)

    assert [1, 1] == slow.batches  # one of what waits, and the question
    assert 19 == left
    assert any("19 passages have no vector yet" in one for one in reply.degraded)


def test_texts_that_take_no_time_are_embedded_at_once(machine: Machine, now: list[float]) -> None:
    for number in range(20):
        machine.add(f"Service {number} listens on port {number}.")
    quick = Slow(0.001, now)

    with opened(machine, quick) as index:
        reply = index.search(Wanted(query="which port"))

    assert 21 == sum(quick.batches)
    assert not reply.degraded


def test_a_moment_holds_what_it_has_time_for(now: list[float]) -> None:
    waits = [{"body": "x" * 400}] * 16
    moment = Moment(0.35)

    first = moment.part(waits)
    now[0] += 0.1
    second = moment.part(waits)
    now[0] += 0.25

    assert (2, 5, 0) == (len(first), len(second), len(moment.part(waits)))
    assert 1 == len(Moment(0.1).part([{"body": "x" * 9000}] * 3))
    assert [] == Moment(0.0).part(waits)
