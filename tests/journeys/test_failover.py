"""The database is lost under load, and its copy takes over: nobody is started anew, and what was acknowledged counts.

What this does not show: a network that is cut while both servers live (two writers), the clouds' own failover, and how
far a copy in another region is behind.
"""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from contextfs.client import ContextFS
from contextfs.runtime.stack import Home, Stack, down, status, up
from tests.events.ledger import Ledger, judge
from tests.events.storm import wait_for_calm, write_until
from tests.journeys.replication import Pair

_STORED = "select content from contextfs.memories"


@dataclass
class Timed(Ledger):
    """A ledger that knows when each client was told."""

    times: dict[str, float] = field(default_factory=dict[str, float])

    def acknowledge(self, content: str) -> None:
        """Note that a client was told so, and when."""
        super().acknowledge(content)
        self.times[content] = time.monotonic()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Give a server and its copy."""
    both = Pair(tmp_path / "first" / "data", tmp_path / "second" / "data")
    both.begin()
    yield both
    both.end()


@pytest.fixture
def stack(pair: Pair, tmp_path: Path) -> Iterator[Stack]:
    """Give a whole stack that knows the address of both servers, and no other."""
    home = Home(tmp_path / "home")
    yield up(home, database_url=pair.address(), port=0)
    down(home)


def starts(home: Home) -> dict[str, int]:
    """Count how often each process was started."""
    return {process.name: process.starts for process in status(home).processes}


def written(stack: Stack, seconds: float, ledger: Ledger) -> list[threading.Thread]:
    """Begin to write by two clients for so many seconds."""
    deadline = time.monotonic() + seconds
    threads = [threading.Thread(target=write_until, args=(deadline, stack, ledger)) for _ in range(2)]
    for thread in threads:
        thread.start()
    return threads


def stored(pair: Pair) -> set[str]:
    with psycopg.connect(pair.dsn(pair.second)) as connection:
        return {content for (content,) in connection.execute(_STORED)}


def found(stack: Stack, content: str) -> bool:
    """Tell whether a search finds a memory."""
    with ContextFS(stack.api_url, stack.api_key, project_id=stack.project_id) as client:
        return any(hit.snippet in content for hit in client.search.hybrid(content).hits)


def longest_pause(ledger: Timed) -> float:
    """Give the longest time between two acknowledgements, in seconds."""
    times = sorted(ledger.times.values())
    return max(later - earlier for earlier, later in pairwise(times))


@pytest.mark.slow
def test_a_copy_that_is_followed_closely_has_all_that_was_acknowledged(pair: Pair, stack: Stack) -> None:
    """Synchronous, as between the zones of a region: nothing is lost, nothing is done twice."""
    pair.follow_closely()
    home, ledger = Home(Path(stack.home)), Timed()
    before = starts(home)
    writing = written(stack, 4, ledger)
    time.sleep(1.5)
    pair.kill()
    pair.promote()
    promoted_at = time.monotonic()
    for thread in writing:
        thread.join()
    wait_for_calm(home)
    with psycopg.connect(pair.dsn(pair.second)) as connection:
        verdict = judge(ledger, connection)
    after = [told for told in ledger.times.values() if told > promoted_at]
    story = f"{verdict}; {ledger.attempts} tries failed, {longest_pause(ledger):.1f} s without an acknowledgement"
    logging.getLogger(__name__).warning(story)

    assert verdict.clean, story
    assert verdict.acknowledged > len(after) > 0, story
    assert starts(home) == before, "a process was started anew"
    assert found(stack, max(ledger.times, key=ledger.times.__getitem__))


@pytest.mark.slow
def test_a_copy_that_lags_lacks_what_was_acknowledged_meanwhile_and_nothing_older(pair: Pair, stack: Stack) -> None:
    """Asynchronous, as between regions: what can be lost is the lag, and the ledger says what it was."""
    ledger = Timed()
    writing = written(stack, 6, ledger)
    time.sleep(1.5)
    pair.cut()
    behind_since = time.monotonic()
    time.sleep(1.0)
    pair.kill()
    lost_at = time.monotonic()
    pair.promote()
    for thread in writing:
        thread.join()
    wait_for_calm(Home(Path(stack.home)))
    lost = ledger.acknowledged - stored(pair)
    told = {content: ledger.times[content] for content in lost}
    story = f"{len(lost)} of {len(ledger.acknowledged)} lost, over {lost_at - behind_since:.1f} s of lag"
    logging.getLogger(__name__).warning(story)

    assert lost, story
    assert min(told.values()) > behind_since - 0.5, story
    assert max(told.values()) < lost_at + 0.1, story
    assert any(when > lost_at for when in ledger.times.values()), story


@pytest.mark.slow
def test_the_lost_server_comes_back_as_the_copy_of_the_one_that_took_over(pair: Pair, stack: Stack) -> None:
    ledger = Ledger()
    pair.kill()
    pair.promote()
    pair.copy(pair.second, pair.first)
    for thread in written(stack, 1, ledger):
        thread.join()

    assert pair.run(pair.first, "select pg_is_in_recovery()")
    assert ledger.acknowledged <= stored(pair)
    assert pair.run(pair.second, "select count(*) from pg_stat_replication where state = 'streaming'") == 1
