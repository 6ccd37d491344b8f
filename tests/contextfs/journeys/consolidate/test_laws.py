"""The laws of consolidation: once is enough, order is nothing, borders hold, and undo gives back exactly what was."""

from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contextfs.journeys.consolidate.model import Known
from contextfs.journeys.consolidate.plan import plan
from contextfs.journeys.consolidate.retire import taken_back
from tests.contextfs.journeys.consolidate.memories import NOW, done, known, states

TEXTS = (
    "The staging port is 5433.",
    "The staging port is 6543.",
    "the staging port is 6543",
    "We use pnpm.",
    "Use pnpm instead of npm.",
    "Use npm.",
    "we always use npm",
    "Never commit generated code.",
    "Commit generated code.",
    "We never commit generated code!",
    "The worker retries three times with exponential backoff before it gives up.",
    "The worker retries a delivery three times with exponential backoff before it gives up.",
)


@st.composite
def stores(draw: st.DrawFn) -> list[Known]:
    about: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "content": st.sampled_from(TEXTS),
            "day": st.integers(0, 3),
            "type": st.sampled_from(["fact", "decision"]),
            "visibility": st.sampled_from(["project", "private"]),
            "sensitivity": st.sampled_from([None, "restricted"]),
            "owner": st.sampled_from(["ann", "ben"]),
            "author_kind": st.sampled_from(["human", "assistant"]),
            "written": st.booleans(),
            "pinned": st.booleans(),
            "provenance": st.lists(st.sampled_from([{"session_id": str(n)} for n in range(4)]), max_size=3).map(tuple),
        }
    )
    return [known(number, **one) for number, one in enumerate(draw(st.lists(about, max_size=9)), start=1)]


@given(stores())
def test_a_second_time_finds_nothing_more_to_do(memories: list[Known]) -> None:
    first = plan(memories, NOW)
    second = plan(done(memories, first), NOW)

    assert (second.sure, set(second.open)) == ((), set(first.open))


@given(stores(), st.randoms(use_true_random=False))
def test_the_order_in_which_memories_come_makes_no_difference(memories: list[Known], random: Random) -> None:
    shuffled = list(memories)
    random.shuffle(shuffled)

    assert plan(memories, NOW) == plan(shuffled, NOW)


@given(stores(), st.data())
def test_undo_gives_back_exactly_what_was_in_whatever_order(memories: list[Known], data: st.DataObject) -> None:
    found = plan(memories, NOW)
    now = states(done(memories, found))
    for memory_id in data.draw(st.permutations([one.memory_id for one in found.sure])):
        now |= taken_back(memory_id, now)

    assert now == states(memories)


@given(stores())
def test_nothing_is_done_across_a_border_or_to_what_was_pinned(memories: list[Known]) -> None:
    by_id = {one.id: one for one in memories}
    found = plan(memories, NOW)

    for one in found.sure:
        memory, other = by_id[one.memory_id], by_id[one.other_id] if one.other_id else None
        assert other is not None
        assert (memory.border, memory.fields.type) == (other.border, other.fields.type)
        assert not memory.fields.pinned


@given(stores())
def test_nothing_is_destroyed(memories: list[Known]) -> None:
    after = states(done(memories, plan(memories, NOW)))

    assert {one.id: one.fields.content for one in memories} == {name: one.content for name, one in after.items()}
    assert all(set(map(str, one.fields.provenance)) <= set(map(str, after[one.id].provenance)) for one in memories)


@given(stores())
def test_what_a_person_wrote_is_merged_away_by_nobody(memories: list[Known]) -> None:
    written = {one.id for one in memories if one.written}

    assert [one for one in plan(memories, NOW).sure if one.kind == "duplicate" and one.memory_id in written] == []


@given(stores())
def test_what_was_retired_or_is_over_takes_no_part(memories: list[Known]) -> None:
    later = done(memories, plan(memories, NOW))

    assert plan([one for one in later if one.fields.deleted], NOW + timedelta(days=1)).sure == ()
