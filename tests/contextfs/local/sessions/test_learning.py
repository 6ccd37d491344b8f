"""What a session teaches becomes memories of those who see the session, once, with where it comes from."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.local.config import Level
from contextfs.local.model import LocalMemory, MemoryQuery
from contextfs.local.sessions import learning
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.sessions.conversations import AT, DECIDED, brought, kept, said, session


def learned(store: LocalStore, kind: str = "decision") -> list[LocalMemory]:
    return store.page(MemoryQuery(type=kind))


def share_by_default(machine: Machine, line: str = 'sessions = "project"') -> None:
    config = machine.root / ".contextfs/config.toml"
    config.write_text(config.read_text().replace('sessions = "private"', line))


def test_a_decision_becomes_a_memory_that_tells_its_source(machine: Machine) -> None:
    with machine.open() as store:
        session_id = kept(store, DECIDED)
        [memory] = learned(store)
        [message] = LocalSessions(store).messages(session_id)

    assert "Postgres" in memory.content
    assert memory.provenance == [{"session_id": str(session_id), "message_ids": [str(message.id)], "tool": "test"}]
    assert (memory.author, memory.metadata["said_by"], memory.valid_from) == ("platform", "human", AT)


def test_what_a_private_conversation_teaches_is_private_and_git_does_not_see_it(repository: Machine) -> None:
    with repository.open() as store:
        kept(store, DECIDED)
        [memory] = learned(store)

    assert memory.visibility == "private"
    assert repository.file(memory.id).is_relative_to(repository.root / ".contextfs/local")
    assert repository.git("status", "--porcelain", "-uall") == ""


def test_what_a_shared_conversation_teaches_is_shared(repository: Machine) -> None:
    share_by_default(repository)
    with repository.open() as store:
        kept(store, DECIDED)
        [memory] = learned(store)

    assert memory.visibility == "project"
    assert f"?? .contextfs/memories/decision/{Path(memory.path).name}" in repository.git(
        "status", "--porcelain", "-uall"
    )


def test_a_setting_shares_what_private_conversations_teach(machine: Machine) -> None:
    share_by_default(machine, 'sessions = "private"\nlearned = "project"')
    with machine.open() as store:
        session_id = kept(store, DECIDED)

        assert LocalSessions(store).get(session_id).visibility == "private"
        assert [one.visibility for one in learned(store)] == ["project"]


def test_what_is_known_gains_a_proof_and_a_session_proves_once(machine: Machine) -> None:
    with machine.open() as store:
        first, second = kept(store, DECIDED), kept(store, DECIDED, "Good.", name="s2")
        kept(store, DECIDED, "Good.", "Thank you for that.", name="s2")
        [memory] = learned(store)

    assert {proof["session_id"] for proof in memory.provenance} == {str(first), str(second)}
    assert len(memory.provenance) == 2


def test_what_a_person_wrote_before_gains_the_proof(machine: Machine) -> None:
    share_by_default(machine)
    mine = machine.add(DECIDED, type="decision")
    with machine.open() as store:
        session_id = kept(store, DECIDED)
        [memory] = learned(store)

    assert (memory.id, [proof["session_id"] for proof in memory.provenance]) == (mine, [str(session_id)])


def test_a_private_conversation_leaves_no_trace_in_a_shared_memory(machine: Machine) -> None:
    machine.add(DECIDED, type="decision")
    with machine.open() as store:
        kept(store, DECIDED)
        shared = [one for one in learned(store) if one.visibility == "project"]

        assert [one.provenance for one in shared] == [[]]
        assert len(learned(store)) == 2


def test_what_a_person_corrected_or_deleted_is_not_learned_again(machine: Machine) -> None:
    always = "We always run make check before we commit."
    with machine.open() as store:
        kept(store, DECIDED, "Good.", always)
        [decision], [habit] = learned(store), learned(store, "user")
        store.change(decision.id, MemoryChange(content="We use SQS for the queue."))
        store.remove(habit.id)
        kept(store, DECIDED, "Good.", always, "Noted.", "What else is there to know?")

        assert [one.content for one in learned(store)] == ["We use SQS for the queue."]
        assert learned(store, "user") == []


def test_a_session_that_has_grown_is_learned_from_and_its_account_told_anew(machine: Machine) -> None:
    goal = "Please add a retry to the download of the model, it fails too often."
    with machine.open() as store:
        kept(store, goal, "I added a retry to the download.")
        before = learned(store, "episodic")
        kept(store, goal, "I added a retry to the download.", DECIDED, "I updated the documentation of the queue.")
        after = learned(store, "episodic")

        assert [one.id for one in before] == [one.id for one in after]
        assert "documentation" in after[0].content
        assert len(learned(store)) == 1


def test_an_account_that_a_person_changed_stays(machine: Machine) -> None:
    goal = "Please add a retry to the download of the model, it fails too often."
    with machine.open() as store:
        kept(store, goal, "I added a retry to the download.")
        [told] = learned(store, "episodic")
        store.change(told.id, MemoryChange(content="Ann added a retry."))
        kept(store, goal, "I added a retry to the download.", "Thanks.", "I updated the documentation of it.")

        assert [one.content for one in learned(store, "episodic")] == ["Ann added a retry."]


def test_an_open_session_teaches_nothing_yet(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        session_id = sessions.capture(session(DECIDED)).session.id

        assert learning.learn(sessions, session_id) == 0
        sessions.complete(session_id)
        assert [learning.learn(sessions, session_id) > 0, learning.learn(sessions, session_id)] == [True, 0]


def test_learning_that_was_interrupted_is_done_by_the_next_import(machine: Machine) -> None:
    with machine.open() as store:
        sessions = LocalSessions(store)
        sessions.complete(sessions.capture(session(DECIDED)).session.id)
        kept(store, DECIDED)

        assert len(learned(store)) == 1


def test_what_was_learned_follows_its_session(machine: Machine) -> None:
    with machine.open() as store:
        session_id = kept(store, DECIDED, "Good.")
        sessions = LocalSessions(store)
        steps: list[tuple[Level, int]] = [("project", 1), ("project", 0), ("private", 1)]
        for level, changed in steps:
            assert learning.follow(sessions, session_id, level) == changed
            assert [one.visibility for one in learned(store)] == [level]


def test_what_a_person_hid_does_not_follow(machine: Machine) -> None:
    with machine.open() as store:
        session_id = kept(store, DECIDED)
        [memory] = learned(store)
        store.change(memory.id, MemoryChange(tags=["mine"]))
        learning.follow(LocalSessions(store), session_id, "project")

        assert store.get(memory.id).visibility == "private"


def test_what_another_shared_session_proves_stays_shared(machine: Machine) -> None:
    share_by_default(machine)
    with machine.open() as store:
        first, second = kept(store, DECIDED), kept(store, DECIDED, name="s2")
        sessions = LocalSessions(store)
        sessions.choose(first, "private")
        learning.follow(sessions, first, "private")
        still = [one.visibility for one in learned(store)]
        sessions.choose(second, "private")
        learning.follow(sessions, second, "private")

        assert (still, [one.visibility for one in learned(store)]) == (["project"], ["private"])


def test_two_machines_learn_the_same_from_the_same_session(tmp_path: Path) -> None:
    views: list[set[tuple[UUID, str]]] = []
    for number, name in enumerate(("a", "b")):
        (tmp_path / name).mkdir()
        machine = Machine(tmp_path / name, now=AT + timedelta(days=number)).init()
        share_by_default(machine)
        with machine.open() as store:
            brought(store)
            views.append({(one.id, one.version) for one in store.page(MemoryQuery(limit=1000))})

    assert len(views[0]) > 0
    assert views[0] == views[1]


def test_a_secret_in_a_conversation_is_not_learned(machine: Machine) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    with machine.open() as store:
        kept(store, f"We decided to use the token {secret} for the deployment of the docs.")
        held = [one.content for one in store.page(MemoryQuery())]

    assert [text for text in held if secret in text] == []


def test_a_memory_of_a_person_is_by_that_person(machine: Machine) -> None:
    with machine.open() as store:
        store.add(NewMemory(project_id=PROJECT, content="By hand."))
        sessions = LocalSessions(store)
        sessions.append(kept(store, DECIDED), said("More.", first=5))
        authors = {one.content: one.author for one in store.page(MemoryQuery())}

    assert authors["By hand."] == machine.who
    assert {author for text, author in authors.items() if text != "By hand."} == {"platform"}
