"""What was left behind stays where it was captured, and is no part of the conversation, or of what is known."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from unittest.mock import patch
from uuid import UUID

import msgspec
import pytest

from contextfs.domain.memories.model import MemoryChange, NewMemory
from contextfs.domain.memories.view import change, view
from contextfs.domain.sessions.model import Message, NewMessage, NewSession
from contextfs.local.base.memories import revisions_of
from contextfs.local.model import LocalMemory, MemoryQuery, Written
from contextfs.local.reviews.queue import decide, reviews
from contextfs.local.sessions import behind, learning
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore
from tests.contextfs.local.places import PROJECT, Machine
from tests.contextfs.local.sessions.conversations import AT, DECIDED, said

PORT = "Note: The staging port is {}."
AGAIN = "We decided to use RabbitMQ for the queue instead of Postgres."


def decisions(store: LocalStore) -> list[LocalMemory]:
    return store.page(MemoryQuery(type="decision"))


def facts(store: LocalStore) -> list[LocalMemory]:
    return store.page(MemoryQuery(type="fact"))


def number(memory: LocalMemory) -> str:
    return re.sub(r"\D", "", memory.content)


def by_hand(store: LocalStore, same: LocalMemory) -> Written:
    """Add what says the same to the same readers."""
    new = {"type": same.type, "content": same.content, "visibility": same.visibility, "project_id": PROJECT}
    return store.add(msgspec.convert(new, NewMemory))


def brought(
    store: LocalStore,
    messages: Sequence[NewMessage],
    left: Sequence[str] = (),
    *,
    aside: Sequence[str] = (),
    name: str = "s1",
    anew: bool = True,
) -> UUID:
    """Store what a transcript says now, as an import does."""
    sessions = LocalSessions(store)
    new = NewSession(project_id=PROJECT, tool="test", external_id=name, messages=[*messages], started_at=AT)
    session = sessions.capture(new, revise=anew, left=left, aside=aside).session
    sessions.complete(session.id)
    learning.learn(sessions, session.id)
    learning.finish(sessions)
    return session.id


def shown(store: LocalStore, session_id: UUID) -> list[tuple[str | None, str, object]]:
    messages: list[Message] = [*LocalSessions(store).messages(session_id)]
    return [(one.external_id, one.kind, one.metadata.get("left_behind")) for one in messages]


@pytest.mark.parametrize("anew", [True, False])
def test_a_message_that_was_taken_back_stays_and_is_nobody_s_words(machine: Machine, *, anew: bool) -> None:
    with machine.open() as store:
        session_id = brought(store, said("Hello there.", "Hi.", DECIDED, "Fine."))
        brought(store, said("Hello there.", "Hi."), ["m2", "m3", "never captured"], anew=anew)

        assert [
            ("m0", "prompt", None), ("m1", "reply", None), ("m2", "meta", "prompt"), ("m3", "meta", "reply")
        ] == shown(store, session_id)  # fmt: skip
        versions = store.base.all("select content, kind from message_versions order by message_id")
        assert [(DECIDED, "prompt"), ("Fine.", "reply")] == [(row["content"], row["kind"]) for row in versions]


@pytest.mark.parametrize("title", [None, "Named by hand"])
def test_a_name_that_was_made_of_what_was_taken_back_goes_with_it(machine: Machine, title: str | None) -> None:
    first, then = said("Plan the acquisition of Zebrafish", "Well."), said("Fix the typo", "Fixed.", first=2)

    def named(store: LocalStore, session_id: UUID) -> str | None:
        return LocalSessions(store).get(session_id).title

    with machine.open() as store:
        session_id = brought(store, first)
        store.base.run("update sessions set title = coalesce(?, title)", (title,))
        before = named(store, session_id)
        brought(store, then, ["m0", "m1"])
        between = named(store, session_id)
        brought(store, [*first, *then])

        assert (title or "Plan the acquisition of Zebrafish") == before == named(store, session_id)
        assert (title or "Fix the typo") == between


def test_a_name_is_made_again_once_what_was_taken_back_goes_on(machine: Machine) -> None:
    with machine.open() as store:
        first, [_, reply] = said("Fix the typo", "Fixed."), said("Hm?", "Here.", first=2)
        session_id = brought(store, first)
        brought(store, [reply], ["m0", "m1"])
        between = LocalSessions(store).get(session_id).title
        brought(store, [*first, reply])

        assert (None, "Fix the typo") == (between, LocalSessions(store).get(session_id).title)


@pytest.mark.parametrize("word", [["prompt"], {"a": 1}, 7, "prompts", None])
def test_a_message_whose_metadata_say_something_else_of_what_it_was_can_go_on(machine: Machine, word: object) -> None:
    with machine.open() as store:
        messages = said("Hello there.", "Hi.", DECIDED)
        messages[1] = msgspec.structs.replace(messages[1], metadata={"left_behind": word})
        session_id = brought(store, messages)
        brought(store, [messages[0], messages[2]], aside=["m1"])

        assert ("m1", "meta", None) == shown(store, session_id)[1]


def test_read_once_more_nothing_changes(machine: Machine) -> None:
    with machine.open() as store:
        session_id = brought(store, said("Hello there.", "Hi.", DECIDED))
        brought(store, said("Hello there.", "Hi."), ["m2"])
        before = shown(store, session_id)
        for anew in (True, False):
            brought(store, said("Hello there.", "Hi."), ["m2"], anew=anew)

        assert before == shown(store, session_id)
        assert 1 == len(store.base.all("select * from message_versions"))


def test_what_stands_on_another_branch_is_left_behind_no_more(machine: Machine) -> None:
    with machine.open() as store:
        session_id = brought(store, said("Hello there.", "Hi.", DECIDED, "Fine."))
        before = [*LocalSessions(store).messages(session_id)]
        brought(store, [*said("Hello there.", "Hi."), *said("And now?", first=4)], ["m2", "m3"])
        once = decisions(store)
        brought(store, [*said("Hello there.", "Hi."), *said("And now?", first=4)], aside=["m2", "m3"])

        assert ([], 1) == (once, len(decisions(store)))
        assert before == [*LocalSessions(store).messages(session_id)][:4]


def test_an_older_record_neither_brings_back_nor_takes_back(machine: Machine) -> None:
    older, newer = said("Hello there.", "Hi.", DECIDED), [*said("Hello there.", "Hi."), *said("And now?", first=4)]
    with machine.open() as store:
        session_id = brought(store, older)
        brought(store, newer, ["m2"])
        left = shown(store, session_id)
        for anew in (True, False):
            brought(store, older, anew=anew)
        brought(store, said("Hello there."), ["m1"])

        assert ("m2", "meta", "prompt") == left[2]
        assert ([], left) == (decisions(store), shown(store, session_id))


def test_what_it_alone_taught_is_retired_with_its_file_and_comes_back_with_it(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        file = store.path_of(memory)
        brought(store, said("Hello there.", "Hi."), ["m2"])
        gone = (decisions(store), file.exists())
        [review] = reviews(store, "settled")
        session_id = brought(store, said("Hello there.", "Hi.", DECIDED), anew=False)

        assert ([], False) == gone
        assert ("left_behind", memory.id) == (review.kind, review.memory.id)
        assert ([memory.id], True) == ([one.id for one in decisions(store)], file.exists())
        assert ("m2", "prompt", None) == shown(store, session_id)[2]


def test_what_is_said_again_goes_on_by_the_new_words(machine: Machine) -> None:
    with machine.open() as store:
        session_id = brought(store, said("Hello there.", "Hi.", DECIDED))
        [before] = decisions(store)
        brought(store, [*said("Hello there.", "Hi."), *said(DECIDED, first=4)], ["m2"])
        [after] = decisions(store)
        names = {str(one.id): one.external_id for one in LocalSessions(store).messages(session_id)}

        assert before.id == after.id
        assert [["m4"]] == [[names[one] for one in proof["message_ids"]] for proof in after.provenance]


def test_what_another_session_proves_stays_until_that_is_left_behind_too(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        brought(store, said("Good morning.", "Hi.", DECIDED), name="s2")
        brought(store, said("Hello there.", "Hi."), ["m2"])
        once = len(decisions(store))
        brought(store, said("Good morning.", "Hi."), ["m2"], name="s2")

        assert (1, []) == (once, decisions(store))


def test_what_was_overtaken_by_it_holds_again(machine: Machine) -> None:
    port = "The staging port is {}."
    with machine.open() as store:
        brought(store, said(f"Note: {port.format(5432)}", "Noted."), name="s0")
        brought(store, said("Hello there.", "Hi.", *[f"Note: {port.format(5433)}"]))
        between = {one.content for one in store.page(MemoryQuery(type="fact"))}
        brought(store, said("Hello there.", "Hi."), ["m2"])
        after = {one.content for one in store.page(MemoryQuery(type="fact"))}

        assert any("5433" in one for one in between)
        assert not any("5432" in one for one in between)
        assert any("5432" in one for one in after)
        assert not any("5433" in one for one in after)


def test_what_a_person_wrote_or_changed_stays(machine: Machine) -> None:
    with machine.open() as store:
        store.add(NewMemory(project_id=PROJECT, type="decision", content=DECIDED))
        brought(store, said("Hello there.", "Hi.", DECIDED, "Fine.", AGAIN))
        other = next((one for one in decisions(store) if "RabbitMQ" in one.content), None)
        if other is not None:
            store.change(other.id, MemoryChange(tags=["mine"]))
        before = {one.id for one in decisions(store)}
        brought(store, said("Hello there.", "Hi."), ["m2", "m3", "m4"])

        assert other is not None
        assert before == {one.id for one in decisions(store)}


def test_a_person_may_take_it_back_and_it_stays(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        brought(store, said("Hello there.", "Hi."), ["m2"])
        [review] = reviews(store, "settled")
        decide(store, review.id, "undo")
        brought(store, [*said("Hello there.", "Hi."), *said("And now?", first=4)], ["m2"])

        assert [review.memory.id] == [one.id for one in decisions(store)]


def test_a_person_may_restore_it_and_it_is_retired_no_more(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        brought(store, said("Hello there.", "Hi."), ["m2"])
        store.restore(memory.id)
        brought(store, [*said("Hello there.", "Hi."), *said("And now?", first=4)], ["m2"])

        assert [memory.id] == [one.id for one in decisions(store)]
        assert [] == reviews(store, "settled")


def test_what_was_cut_off_in_the_middle_is_done_by_the_next_import(machine: Machine) -> None:
    with machine.open() as store:
        session_id = brought(store, said("Hello there.", "Hi.", DECIDED))
        for where in (
            "contextfs.local.sessions.versions.revising.left_behind",
            "contextfs.local.sessions.learning.settle",
        ):
            with patch(where, side_effect=KeyboardInterrupt), suppress(KeyboardInterrupt):
                brought(store, said("Hello there.", "Hi."), ["m2"])
            assert 1 == len(decisions(store))
        brought(store, said("Hello there.", "Hi."), ["m2"])

        assert ([], "meta") == (decisions(store), shown(store, session_id)[2][1])


def test_two_that_read_it_at_once_leave_it_once(machine: Machine) -> None:
    with machine.open() as store:
        session_id = brought(store, said("Hello there.", "Hi.", DECIDED))

    def read(_: int) -> None:
        with machine.open() as other:
            brought(other, said("Hello there.", "Hi."), ["m2"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, range(4)))
    with machine.open() as store:
        assert ([], "meta") == (decisions(store), shown(store, session_id)[2][1])
        assert 1 == len(reviews(store, "settled"))


def test_where_nothing_was_left_behind_no_memory_is_looked_at(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said(DECIDED, "Fine."))
        with patch.object(behind, "retired_for", side_effect=AssertionError):
            session_id = brought(store, said(DECIDED, "Very well."))

        assert 1 == len(decisions(store))
        assert ["Very well."] == [one.content for one in LocalSessions(store).messages(session_id)][1:]


@pytest.mark.parametrize("port", range(5430, 5438))
def test_what_was_overtaken_and_is_left_behind_too_does_not_hold_again(machine: Machine, port: int) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", PORT.format(port), "Noted.", PORT.format(port + 1000), "Noted."))
        between = facts(store)
        brought(store, said("Hello there.", "Hi."), ["m2", "m3", "m4", "m5"])

        assert (1, []) == (len(between), facts(store))


def test_what_was_overtaken_holds_again_once_it_goes_on(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said(PORT.format(5432), "Noted."), name="s0")
        brought(store, said("Hello there.", "Hi.", PORT.format(5433)))
        brought(store, said("Something else?", "Noted.", first=4), ["m0", "m1"], name="s0")
        first = facts(store)
        brought(store, said("Hello there.", "Hi."), ["m2"])
        then = facts(store)
        brought(store, [*said(PORT.format(5432), "Noted."), *said("Back to this.", first=6)], name="s0")

        assert (1, []) == (len(first), then)
        assert ["5432"] == [number(one) for one in facts(store)]


def test_what_was_overtaken_by_what_was_overtaken_holds_again(machine: Machine) -> None:
    with machine.open() as store:
        for n in range(3):
            brought(store, said("Hello there.", "Hi.", PORT.format(5430 + n), first=n * 10), name=f"s{n}")
        before = facts(store)
        for n in (1, 2):
            brought(store, said("Hello there.", "Hi.", first=n * 10), [f"m{n * 10 + 2}"], name=f"s{n}")

        assert ["5432"] == [number(one) for one in before]
        assert ["5430"] == [number(one) for one in facts(store)]


def test_what_overtook_it_overtakes_it_again_once_it_goes_on(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said(PORT.format(5432), "Noted."), name="s0")
        brought(store, said("Hello there.", "Hi.", PORT.format(5433)))
        brought(store, said("Hello there.", "Hi."), ["m2"])
        between = facts(store)
        brought(store, said("Hello there.", "Hi.", PORT.format(5433)))

        assert (["5432"], ["5433"]) == ([number(one) for one in between], [number(one) for one in facts(store)])


def test_what_a_person_gave_back_stays_beside_what_overtook_it(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said(PORT.format(5432), "Noted."), name="s0")
        brought(store, said("Hello there.", "Hi.", PORT.format(5433)))
        [review] = reviews(store, "settled")
        decide(store, review.id, "undo")
        brought(store, said("Hello there.", "Hi.", PORT.format(5433), "Noted."))

        assert {"5432", "5433"} == {number(one) for one in facts(store)}


def test_what_a_later_session_decides_again_is_known_again(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        brought(store, said("Hello there.", "Hi."), ["m2"])
        later = brought(store, said("Good morning.", "Hi.", DECIDED), name="s2")
        [again] = decisions(store)

        assert (memory.id, True) == (again.id, store.path_of(again).exists())
        assert str(later) in {proof["session_id"] for proof in again.provenance}


def test_what_a_person_deleted_is_not_known_again(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        store.remove(memory.id)
        brought(store, said("Hello there.", "Hi."), ["m2"])
        brought(store, said("Good morning.", "Hi.", DECIDED), name="s2")

        assert [] == decisions(store)


def test_what_a_person_added_again_meanwhile_is_not_there_twice(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        brought(store, said("Hello there.", "Hi."), ["m2"])
        mine = by_hand(store, memory)
        brought(store, said("Good morning.", "Hi.", DECIDED), name="s2")

        assert [mine.memory.id] == [one.id for one in decisions(store)]


def test_what_a_person_added_as_well_stays(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        added = [by_hand(store, memory) for _ in range(2)]
        revisions = len(store.log(memory.id))
        brought(store, said("Good morning.", "Hi.", DECIDED), name="s2")
        brought(store, said("Hello there.", "Hi."), ["m2"])
        brought(store, said("Good morning.", "Hi."), ["m2"], name="s2")

        assert [(False, memory.id)] * 2 == [(one.stored, one.memory.id) for one in added]
        assert (2, [memory.id]) == (revisions, [one.id for one in decisions(store)])


def test_what_a_person_changed_stays_although_a_session_proves_it_after_that(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        store.change(memory.id, MemoryChange(tags=["mine"]))
        brought(store, said("Good morning.", "Hi.", DECIDED), name="s2")
        for name in ("s1", "s2"):
            brought(store, said("Hello there.", "Hi."), ["m2"], name=name)

        assert [memory.id] == [one.id for one in decisions(store)]


def test_a_message_that_has_the_word_for_a_value_was_not_left_behind(machine: Machine) -> None:
    with machine.open() as store:
        messages = said("Hello there.", "Hi.", DECIDED)
        messages[2] = msgspec.structs.replace(messages[2], metadata={"branch": "left_behind"})
        brought(store, messages)
        brought(store, [msgspec.structs.replace(messages[0], content="Hello!"), *messages[1:3]], ["m1"])

        assert 1 == len(decisions(store))


def test_no_other_session_s_messages_leave_behind_what_one_taught(machine: Machine) -> None:
    with machine.open() as store:
        session_id = brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        [proof] = [one for one in memory.provenance if one.get("session_id") == str(session_id)]
        [theirs] = said("Fine.")
        for one in proof["message_ids"]:  # its own message is not here yet, and somebody's takes its id
            store.base.run("delete from messages where id = ?", (one,))
        forged = [
            msgspec.structs.replace(theirs, id=UUID(one), external_id=one, metadata={"left_behind": "prompt"})
            for one in proof["message_ids"]
        ]
        brought(store, forged, name="theirs")
        brought(store, said("Hello there."), ["m1"])

        assert [memory.id] == [one.id for one in decisions(store)]


@pytest.mark.parametrize(
    "edit", [{"content": "We decided to use Valkey for the queue."}, {"tags": ("mine",)}, {"pinned": True}]
)
@pytest.mark.parametrize("is_later", [True, False])
def test_what_somebody_edited_as_it_was_retired_stands_and_is_retired_no_more(
    machine: Machine, edit: dict[str, object], *, is_later: bool
) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        before = view(revisions_of(store.base, memory.id))
        brought(store, said("Hello there.", "Hi."), ["m2"])
        clock = f"{2100 if is_later else 2020}-01-01T00:00:00.000Z-0000"
        edited = msgspec.structs.replace(before.fields, **edit)
        store.take_in([one for one in [change(before, edited, author="user:bob", clock=clock)] if one])
        file = store.path_of(memory)
        between = [(one.id, file.exists(), reviews(store, "settled")) for one in decisions(store)]
        for messages, left in ((said("Hello there.", "Hi.", DECIDED), []), (said("Hello there.", "Hi."), ["m2"])):
            brought(store, messages, left, anew=False)

        assert [(memory.id, True, [])] == between
        assert [(memory.id, [])] == [(one.id, reviews(store, "settled")) for one in decisions(store)]


def test_a_file_that_is_written_again_with_an_edit_after_it_was_retired_stands(machine: Machine) -> None:
    with machine.open() as store:
        brought(store, said("Hello there.", "Hi.", DECIDED))
        [memory] = decisions(store)
        file = store.path_of(memory)
        text = file.read_text()
        brought(store, said("Hello there.", "Hi."), ["m2"])
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.replace("Redis", "Valkey"))  # an editor had it open
        store.refresh()

        assert [(memory.id, True)] == [(one.id, "Valkey" in one.content) for one in decisions(store)]
        assert [] == reviews(store, "settled")
