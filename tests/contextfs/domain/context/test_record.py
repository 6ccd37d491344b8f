"""The record of a pack: every choice once, with its reason, and no text."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.context.model import PackCandidate
from contextfs.domain.context.pack import select
from contextfs.domain.context.record import PackRecord, Thing, record
from contextfs.domain.context.request import ContextRequest

NOW = datetime(2026, 3, 1, tzinfo=UTC)
UNIT = st.floats(0, 1)
CANDIDATES = st.lists(
    st.builds(
        PackCandidate,
        id=st.integers(0, 9).map(lambda number: f"{number:012x}"),
        type=st.sampled_from(["fact", "message"]),
        text=st.sampled_from(["Xylophone one. Xylophone two.", "xylophone one. xylophone two", "Xylophone three."]),
        relevance=UNIT,
        trust=UNIT,
        freshness=UNIT,
        pinned=st.booleans(),
        speaker=st.none() | st.just("Ana"),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


def made(candidates: list[PackCandidate], budget: int) -> PackRecord:
    request = ContextRequest(project_id=UUID(int=1), task="x", budget=budget)
    pack = select(candidates, budget=budget, count=len, floor=0.1, task="x", name="1")
    things = {one.id: Thing(id=UUID(int=int(one.id, 16)), terms={"lexical": 0.5}) for one in candidates}
    by_id = {one.id: one for one in candidates}
    return record(UUID(int=2), request, pack, by_id, things, now=NOW, task="x", degraded=[])


@given(CANDIDATES, st.integers(0, 600))
def test_every_candidate_is_told_once_with_a_reason_and_without_its_text(
    candidates: list[PackCandidate], budget: int
) -> None:
    found = made(candidates, budget)

    assert sorted(one.id for one in candidates) == sorted(one.short_id for one in found.choices)
    assert all(one.reason for one in found.choices)
    assert [one.chosen for one in found.choices] == sorted((one.chosen for one in found.choices), reverse=True)
    assert found.tokens <= budget
    assert b"ylophone" not in msgspec.json.encode(found)
    assert {one.id for one in found.choices if one.chosen and one.source == "memory"} == {*found.handed}


@given(CANDIDATES, st.integers(0, 600))
def test_it_is_read_back_as_it_was(candidates: list[PackCandidate], budget: int) -> None:
    found = made(candidates, budget)

    assert found == msgspec.json.decode(msgspec.json.encode(found), type=PackRecord)
