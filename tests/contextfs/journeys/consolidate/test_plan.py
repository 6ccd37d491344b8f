"""What is done, what is asked, and which of two memories stays."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contextfs.journeys.consolidate import contradictions
from contextfs.journeys.consolidate.model import Known, Plan
from contextfs.journeys.consolidate.plan import STALE_AT_ONCE, UNASKED, plan
from contextfs.journeys.consolidate.recall import LEAST_DAYS, SPAN, Recalls
from contextfs.journeys.consolidate.retire import kept_apart, said_again, taken_back
from contextfs.kit.overtaken import RETIRED
from tests.contextfs.journeys.consolidate.memories import NOW, by, done, known, states

OLD, NEW = "The staging port is 5433.", "The staging port is 6543."


def pairs(some: Any) -> list[tuple[str, int, int]]:
    """Say which memory is retired for which, by their numbers."""
    return [(one.kind, one.memory_id.int, one.other_id.int if one.other_id else 0) for one in some]


def of(*memories: Known) -> Plan:
    return plan(memories, NOW)


def test_the_first_said_of_two_that_are_trusted_alike_stays() -> None:
    assert pairs(of(known(2, "We use npm."), known(1, "we use npm")).sure) == [("duplicate", 2, 1)]


def test_what_a_person_said_stays_before_what_an_assistant_concluded() -> None:
    found = of(known(1, "We use npm.", **by("assistant")), known(2, "we use npm"))

    assert pairs(found.sure) == [("duplicate", 1, 2)]


def test_two_that_were_written_by_hand_are_asked_about() -> None:
    found = of(known(1, "We use npm.", written=True), known(2, "we use npm", written=True))

    assert (found.sure, pairs(found.open)) == ((), [("duplicate", 2, 1)])


@pytest.mark.parametrize(
    "other", [{"visibility": "private"}, {"sensitivity": "restricted"}, {"type": "decision"}], ids=str
)
def test_no_duplicate_is_found_across_a_border(other: dict[str, Any]) -> None:
    found = of(known(1, "We like npm."), known(2, "We like npm.", **other))

    assert (found.sure, found.open) == ((), ())


def test_private_memories_of_two_people_are_not_compared() -> None:
    found = of(*(known(n, "We like npm.", visibility="private", owner=str(n)) for n in (1, 2)))

    assert (found.sure, found.open) == ((), ())


def test_what_means_the_same_by_its_vector_is_asked_about() -> None:
    memories = (known(1, "Ship on the fourth day of the week."), known(2, "Deployments happen late in the week."))
    found = plan(memories, NOW, {(UUID(int=1), UUID(int=2)): 0.93})

    assert (found.sure, pairs(found.open)) == ((), [("duplicate", 2, 1)])


def test_the_later_value_closes_the_earlier_one() -> None:
    memories = [known(1, OLD), known(2, NEW)]
    [first, second] = done(memories, of(*memories))

    assert (first.fields.valid_to, first.fields.deleted) == (second.fields.valid_from, False)
    assert first.fields.metadata[RETIRED] == {"as": "contradiction", "for": str(second.id)}
    assert second.fields == memories[1].fields


def test_of_several_later_values_the_next_one_closes() -> None:
    found = of(known(1, OLD), known(2, NEW), known(3, "The staging port is 7000."))

    assert pairs(found.sure) == [("contradiction", 1, 2), ("contradiction", 2, 3)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ({}, by("assistant"), contradictions.LESS_TRUSTED),
        ({}, {"day": 1}, contradictions.AT_ONCE),
        ({}, {"visibility": "private"}, contradictions.ELSEWHERE),
        ({}, {"type": "decision"}, contradictions.ELSEWHERE),
        ({"pinned": True}, {}, contradictions.PINNED),
    ],
)
def test_what_is_not_sure_waits_with_its_reason(old: dict[str, Any], new: dict[str, Any], reason: str) -> None:
    found = of(known(1, OLD, **old), known(2, NEW, **new))

    assert (found.sure, [(one.reason, one.memory_id.int) for one in found.open]) == ((), [(reason, 1)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Use sudo for apt.", "Never use sudo, except for apt."),
        ("Use Redux for the cart.", "Don't use Redux and Context together."),
        ("We use Kafka for events.", "We removed Kafka and Redis from docker-compose."),
        ("We support Windows.", "We no longer support Windows, macOS and Linux on 32 bit."),
    ],
)
def test_a_use_whose_end_may_be_of_another_one_is_asked_about(old: str, new: str) -> None:
    found = of(known(1, old, type="decision"), known(2, new, type="decision"))

    assert (found.sure, pairs(found.open)) == ((), [("contradiction", 1, 2)])


def test_what_was_taken_back_or_kept_apart_is_not_asked_again() -> None:
    apart = frozenset({UUID(int=2)})
    memory = known(1, OLD)

    assert of(known(1, OLD, apart=apart), known(2, NEW)) == Plan()
    assert kept_apart(memory.fields, UUID(int=2)).metadata == {"apart": [str(UUID(int=2))]}


def test_what_is_said_again_is_valid_anew() -> None:
    memories = [known(1, OLD), known(2, NEW)]
    [first, second] = done(memories, of(*memories))
    third = memories[0].created_at + timedelta(days=9)
    again = said_again(first.fields, third)

    assert (again.valid_from, again.valid_to, again.metadata) == (third, None, {})
    assert said_again(first.fields, memories[0].created_at) == first.fields
    assert said_again(second.fields, third) == second.fields


def test_what_was_edited_since_keeps_the_edit_when_it_is_taken_back() -> None:
    memories = [known(1, OLD), known(2, NEW)]
    now = states(done(memories, of(*memories)))
    now[UUID(int=1)] = msgspec.structs.replace(now[UUID(int=1)], title="T")

    assert taken_back(UUID(int=1), now)[UUID(int=1)].title == "T"


def test_what_nobody_asked_for_in_long_is_asked_about_and_never_done() -> None:
    long_ago = NOW - SPAN
    found = of(known(1, "Nobody asks for this.", day=-300, recalled_at=long_ago))

    assert (found.sure, [one.reason for one in found.open]) == ((), [UNASKED])
    assert of(known(1, "It was asked for.", day=-300, recalled_at=NOW)) == Plan()
    assert of(known(1, "Nobody knows.", day=-300)) == Plan()
    assert of(known(1, "Keep it.", day=-300, recalled_at=long_ago, metadata={"apart": ["stale"]})) == Plan()


@pytest.mark.parametrize(
    ("told", "is_asked"),
    [
        ({}, True),
        ({"type": "procedural"}, True),
        ({"type": "decision"}, False),
        ({"type": "user"}, False),
        ({"pinned": True}, False),
        ({"written": True}, False),
        ({"changed_at": NOW - SPAN}, True),
        ({"changed_at": NOW - SPAN + timedelta(seconds=1)}, False),
        ({"recalled_at": NOW - SPAN + timedelta(seconds=1)}, False),
        ({"day": 0}, False),
    ],
)
def test_who_is_in_doubt_does_not_ask(told: dict[str, Any], *, is_asked: bool) -> None:
    silent: dict[str, Any] = {"day": -300, "recalled_at": NOW - SPAN}

    assert is_asked == bool(of(known(1, "Nobody asks for this.", **silent | told)).open)


def test_a_few_are_asked_about_at_once_the_longest_silent_first() -> None:
    words = "ant bee cat dog eel fox gnu hen ibis jay kiwi lynx mole newt owl pig quail rat seal toad urial"
    some = [
        known(n, f"The {word} is kept.", day=-400, recalled_at=NOW - SPAN - timedelta(days=n))
        for n, word in enumerate(words.split(), start=1)
    ]

    assert len(some) > STALE_AT_ONCE
    assert [UUID(int=len(some) - n) for n in range(STALE_AT_ONCE)] == [one.memory_id for one in of(*some).open]


def test_silence_is_a_hint_only_where_there_was_talk() -> None:
    began, handed = date(2030, 1, 1), date(2030, 2, 1)
    last = {UUID(int=1): handed}
    talked = Recalls(last=last, since=began, days=LEAST_DAYS)
    quiet = (Recalls(), Recalls(last=last, since=began, days=LEAST_DAYS - 1))

    assert [handed, began] == [at.date() for n in (1, 2) if (at := talked.of(UUID(int=n)))]
    assert [None, None] == [one.of(UUID(int=1)) for one in quiet]


def test_the_account_of_a_session_is_never_merged() -> None:
    assert of(*(known(n, "Goal: fix it.", type="episodic", tags=("episode",)) for n in (1, 2))) == Plan()
