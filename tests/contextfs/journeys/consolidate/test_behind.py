"""What holds once messages were left behind follows from what proves it, and from nothing else."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contextfs.domain.memories.revisions import Fields
from contextfs.journeys.consolidate.behind import settled
from contextfs.journeys.consolidate.model import Kind, Proposal
from contextfs.journeys.consolidate.retire import is_left_behind, mark_of, retired

NOW = datetime(2026, 11, 29, tzinfo=UTC)
BEHIND = {("s", "gone")}
IDS = [UUID(int=n) for n in range(1, 4)]


def memory(*proofs: str, **more: Any) -> Fields:
    given: Any = tuple({"session_id": "s", "message_ids": [one]} for one in proofs)
    return Fields(type="fact", content="x", visibility="project", provenance=given, **more)


def retired_as(kind: Kind, one: Fields, other_id: UUID) -> Fields:
    return retired(one, Proposal(kind=kind, memory_id=IDS[0], other_id=other_id, reason=""), None, (), NOW)


def holds(one: Fields) -> bool:
    return not one.deleted and mark_of(one) is None


@pytest.mark.parametrize("order", [*permutations(IDS)])
@pytest.mark.parametrize("said", ["gone", "stays"])
def test_a_chain_of_what_was_overtaken_is_settled_in_any_order_of_ids(order: tuple[UUID, ...], said: str) -> None:
    first, second, third = order
    states = {
        first: retired_as("contradiction", memory(said), second),
        second: retired_as("contradiction", memory("gone"), third),
        third: memory("gone"),
    }
    after = settled(states, order, {}, BEHIND, NOW)

    assert [said == "stays", False, False] == [holds(after[one]) for one in order]
    assert [said == "gone", True, True] == [is_left_behind(after[one]) for one in order]


def test_what_was_written_by_hand_and_retired_as_the_same_proves_what_stands_for_it() -> None:
    states = {IDS[0]: retired_as("duplicate", memory(), IDS[1]), IDS[1]: memory("gone")}

    assert {} == settled(states, IDS[1:2], {}, BEHIND, NOW)


def test_what_was_overtaken_by_what_was_retired_as_the_same_holds_again_with_it() -> None:
    states = {
        IDS[0]: retired_as("contradiction", memory(), IDS[1]),
        IDS[1]: retired_as("duplicate", memory("gone"), IDS[2]),
        IDS[2]: memory("gone"),
    }
    after = settled(states, IDS[1:], {}, BEHIND, NOW)

    assert (True, True) == (holds(after[IDS[0]]), is_left_behind(after[IDS[2]]))
    assert {*after} == {IDS[0], IDS[2]}


def test_what_somebody_changed_or_deleted_is_left_as_it_is() -> None:
    states = {IDS[0]: memory("gone"), IDS[1]: memory("gone", deleted=True)}

    assert {} == settled(states, IDS[1:2], {}, BEHIND, NOW)


def test_what_somebody_brought_back_frees_nothing_although_its_mark_is_there() -> None:
    [gone] = settled({IDS[1]: memory("gone")}, IDS[1:2], {}, BEHIND, NOW).values()
    states = {
        IDS[0]: retired_as("contradiction", memory(), IDS[1]),
        IDS[1]: msgspec.structs.replace(gone, deleted=False),
    }

    assert {} == settled(states, (), {}, BEHIND, NOW)


def test_what_a_second_session_taught_as_it_was_retired_goes_with_that_one() -> None:
    [gone] = settled({IDS[0]: memory("gone")}, IDS[:1], {}, BEHIND, NOW).values()
    met = msgspec.structs.replace(gone, deleted=False, provenance=(*gone.provenance, *memory("too").provenance))

    assert {} == settled({IDS[0]: met}, IDS[:1], {}, BEHIND, NOW)
    assert is_left_behind(settled({IDS[0]: met}, IDS[:1], {}, {*BEHIND, ("s", "too")}, NOW)[IDS[0]])


def test_a_proof_whose_messages_are_unknown_is_not_left_behind() -> None:
    proof: Any = {"session_id": "s", "message_ids": None}
    states = {IDS[0]: Fields(type="fact", content="x", visibility="project", provenance=(proof,))}

    assert {} == settled(states, IDS[:1], {}, BEHIND, NOW)


def test_what_goes_on_is_as_it_was() -> None:
    states = {IDS[0]: memory("gone")}
    gone = settled(states, IDS[:1], {}, BEHIND, NOW)

    assert [True] == [is_left_behind(one) for one in gone.values()]
    assert states == settled(gone, IDS[:1], {}, set(), NOW)
