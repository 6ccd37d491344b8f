"""A session that a person removed is gone, with what it alone taught if that is wanted, and does not come back."""

import pytest

from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.domain.sessions.model import Session
from contextfs.kit.errors import NotFound
from contextfs.local.model import MemoryQuery
from contextfs.local.search.model import Wanted
from contextfs.local.sessions import arriving
from contextfs.local.sessions.removed.known import is_removed
from contextfs.local.sessions.removed.removing import remove
from contextfs.local.sessions.store import LocalSessions, SessionQuery
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.search.indexes import opened
from tests.contextfs.local.sessions.conversations import DECIDED, kept, session


def known(store: LocalStore) -> set[str]:
    return {one.content for one in store.page(MemoryQuery())}


def test_a_removed_session_leaves_no_word_of_it_in_the_database(machine: Machine) -> None:
    with machine.open() as store:
        session_id = kept(store, "The word is quetzalcoatlus.", "A fine word.")
        other = kept(store, "The word is archaeopteryx.", name="s2")
    with opened(machine) as index:
        assert index.search(Wanted(query="quetzalcoatlus")).hits
    with machine.open() as store:
        removed = remove(LocalSessions(store), session_id, memories=True)
        left = [one.id for one in LocalSessions(store).page(SessionQuery())]

    assert (session_id, 2) == (removed.session_id, removed.messages)
    assert [other] == left
    folder = machine.root / ".contextfs/local"
    assert not [file.name for file in folder.glob("index.db*") if b"quetzalcoatlus" in file.read_bytes()]
    with opened(machine) as index:
        assert not index.search(Wanted(query="quetzalcoatlus")).hits
        assert index.search(Wanted(query="archaeopteryx")).hits


def test_what_it_taught_stays_unless_that_is_to_go_too(machine: Machine) -> None:
    with machine.open() as store:
        first = kept(store, DECIDED)
        taught = known(store)
        remove(LocalSessions(store), first, memories=False)

        assert taught == known(store) != set()


def test_only_what_it_alone_taught_and_nobody_changed_goes_with_it(machine: Machine) -> None:
    changed, shared = "We decided to use NATS for events instead of Kafka.", "Always run the linter before a commit."
    with machine.open() as store:
        first = kept(store, DECIDED, "Good.", changed, "Good.", shared)
        kept(store, shared, name="s2")
        store.add(NewMemory(project_id=PROJECT, content="Somebody wrote this."))
        [ours] = [one for one in store.page(MemoryQuery()) if "NATS" in one.content]
        store.change(ours.id, MemoryChange(title="Events"))
        removed = remove(LocalSessions(store), first, memories=True)
        left = known(store)
        files = machine.files()

    assert removed.memories > 0
    assert not [one for one in left if "Postgres" in one]
    assert [one for one in left if "NATS" in one]
    assert [one for one in left if "linter" in one]
    assert "Somebody wrote this." in left
    assert not [text for text in files.values() if "Postgres" in text]


def test_it_does_not_come_back_from_a_server_and_comes_back_by_a_person(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        session_id = kept(store, DECIDED)
        there: Session = sessions.get(session_id)
        said = [*sessions.messages(session_id)]
        remove(sessions, session_id, memories=False)
        arrived = arriving.take_in(store.base, [there], said)
        before = is_removed(store.base, None, "test", "s1"), sessions.page(SessionQuery())
        sessions.capture(session("Again.", name="s1"))
        after = is_removed(store.base, None, "test", "s1"), len(sessions.page(SessionQuery()))

    assert (0, 0) == (arrived.sessions, arrived.messages)
    assert (True, []) == before
    assert (False, 1) == after


def test_what_is_not_there_cannot_be_removed(machine: Machine) -> None:
    with machine.open() as store:
        session_id = kept(store, DECIDED)
        remove(LocalSessions(store), session_id, memories=False)

        with pytest.raises(NotFound):
            remove(LocalSessions(store), session_id, memories=False)
