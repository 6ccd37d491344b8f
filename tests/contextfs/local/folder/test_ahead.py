"""A glance that another process takes tells what one's own would."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contextfs.local import place
from contextfs.local.folder import ahead, glance, settled
from contextfs.local.place import Place
from tests.contextfs.local.places import Machine


@pytest.fixture
def where(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Stand in a store whose files are old, and that counts as large."""
    machine.add("One.", visibility="project")
    machine.add("Two.", visibility="private")
    for file in machine.root.glob(".contextfs/**/*.md"):
        os.utime(file, ns=(10**18, 10**18))
    monkeypatch.setattr(ahead, "_WORTH_HELP", 1)
    monkeypatch.setattr(glance, "may_fork", lambda: True)
    monkeypatch.chdir(machine.root)
    found = place.required(Path.cwd())
    yield found
    settled.glanced(found)  # none is left behind


def test_it_tells_what_ones_own_would(where: Place) -> None:
    own = settled.glanced(where)
    ahead.begin()
    is_begun = settled.is_under_way(where)
    told = settled.glanced(where)

    assert own is not None
    assert (True, own, False) == (is_begun, told, settled.is_under_way(where))


def test_what_moves_right_now_is_not_trusted(where: Place) -> None:
    now = time.time_ns() + 60_000_000_000  # however long it takes until the glance
    os.utime(next(where.memories.glob("*/*.md")), ns=(now, now))
    ahead.begin()

    assert settled.is_under_way(where)
    assert settled.glanced(where) is None


def test_it_is_told_once(where: Place) -> None:
    ahead.begin()
    before = settled.glanced(where)
    file = next(where.memories.glob("*/*.md"))
    os.utime(file, ns=(10**18, 10**18 + 5))

    assert before != settled.glanced(where)


def test_what_is_forgotten_is_looked_at_anew(where: Place) -> None:
    before = settled.glanced(where)
    ahead.begin()
    [(child, _)] = ahead._begun.values()  # pyright: ignore[reportPrivateUsage]
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    os.utime(next(where.memories.glob("*/*.md")), ns=(10**18, 10**18 + 5))
    ahead.forget()

    assert not settled.is_under_way(where)
    assert before != settled.glanced(where)


def test_where_the_other_process_was_stopped_one_looks_oneself(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, helped: bool) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    own = settled.glanced(where)
    with monkeypatch.context() as patched:
        patched.setattr(glance, "seen", stopped)
        ahead.begin()

    assert settled.is_under_way(where)
    assert own == settled.glanced(where)


def test_few_files_are_looked_at_when_they_are_asked_for(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_WORTH_HELP", 10**9)
    ahead.begin()

    assert not settled.is_under_way(where)


def test_where_there_is_no_store_nothing_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ahead, "_WORTH_HELP", 0)

    ahead.begin()

    assert {} == ahead._begun  # pyright: ignore[reportPrivateUsage]
