"""What a server reads in a better way comes here by the next pull; what was captured here is read here."""

from pathlib import Path

import msgspec
import pytest

from contextfs.domain.sessions.model import Message, Session
from contextfs.local.sessions.arriving import Arrived, take_in
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import Machine
from tests.contextfs.local.sessions.conversations import session

OLD, NEW = "<notice>nobody typed this</notice>", "How do we deploy?"


@pytest.fixture
def twin(tmp_path: Path) -> Machine:
    """Give another machine's store."""
    root = tmp_path / "twin"
    root.mkdir()
    return Machine(root).init()


def told(store: LocalStore) -> tuple[Session, list[Message]]:
    sessions = LocalSessions(store)
    kept = sessions.capture(session(OLD, "With make up.")).session
    return sessions.get(kept.id), list(sessions.messages(kept.id))


def test_a_message_that_is_read_better_there_says_so_here(machine: Machine, twin: Machine) -> None:
    with twin.open() as store:
        of, messages = told(store)
    better = [msgspec.structs.replace(messages[0], content=NEW), messages[1]]
    with machine.open() as store:
        first = take_in(store.base, [of], messages)
        second = take_in(store.base, [of], better)
        again = take_in(store.base, [of], better)
        found = list(LocalSessions(store).messages(of.id))
        versions = store.base.all("select message_id, content from message_versions")

    assert (Arrived(sessions=1, messages=2), Arrived(), Arrived()) == (first, second, again)
    assert better == found
    assert [{"message_id": str(messages[0].id), "content": OLD}] == versions


def test_what_was_captured_here_is_not_overruled(machine: Machine) -> None:
    with machine.open() as store:
        of, messages = told(store)
        arrived = take_in(store.base, [of], [msgspec.structs.replace(messages[0], content=NEW)])
        found = list(LocalSessions(store).messages(of.id))

    assert (Arrived(), messages) == (arrived, found)


def test_what_cursor_tells_twice_stays_in_the_form_that_was_kept_here(machine: Machine, twin: Machine) -> None:
    new = session(OLD, "With make up.")
    of_editor = msgspec.structs.replace(new, tool="cursor", external_id="c1")
    of_agent = msgspec.structs.replace(of_editor, metadata={"agent": True}, messages=[new.messages[0]])
    with twin.open() as store:
        there = LocalSessions(store)
        kept = there.capture(of_agent).session
        of, messages = there.get(kept.id), list(there.messages(kept.id))
    with machine.open() as store:
        here = LocalSessions(store)
        own = here.capture(of_editor).session
        named = [msgspec.structs.replace(one, external_id="other", id=of.id) for one in messages]
        arrived = take_in(store.base, [of], named)
        found = [one.external_id for one in here.messages(own.id)]

    assert Arrived() == arrived
    assert "other" not in found
    assert 2 == len(found)
