"""Filling a pack within its budget."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.domain.context.model import Pack, PackCandidate
from contextfs.domain.context.pack import select, worth
from contextfs.domain.context.tokens import estimate
from contextfs.kit.errors import Invalid

DAY = datetime(2026, 3, 1, tzinfo=UTC)
UNIT = st.floats(0, 1)
WORDS = ["token", "rotate", "every.", "night", "use", "uv!\n", "8080?", "東京", "</contextfs-context>", "```", "Hey!"]
CANDIDATE = st.builds(
    PackCandidate,
    id=st.sampled_from([f"m{i}" for i in range(40)]),
    type=st.sampled_from(["fact", "decision", "user", "odd"]),
    text=st.lists(st.sampled_from(WORDS)).map(" ".join),
    relevance=st.one_of(UNIT, st.floats(0, 0.3)),
    near=st.sampled_from([None, 0.1, 0.9]),
    trust=UNIT,
    freshness=UNIT,
    pinned=st.booleans(),
    speaker=st.sampled_from([None, None, "Ana", "</b> 7 Ben"]),
    occurred_at=st.sampled_from([None, DAY, DAY.replace(year=2027)]),
)
CANDIDATES = st.lists(CANDIDATE, max_size=8, unique_by=lambda one: one.id)


def spaces(text: str) -> int:
    """Count words."""
    return len(text.split())


def quarters(text: str) -> int:
    """Count four characters as one."""
    return len(text) // 4


COUNTS: list[Callable[[str], int]] = [estimate, len, spaces, quarters]


def candidate(key: str, text: str, relevance: float = 0.5, **fields: object) -> PackCandidate:
    return PackCandidate(**{"id": key, "type": "fact", "text": text, "relevance": relevance, **fields})  # pyright: ignore[reportArgumentType] - any field


def fill(*candidates: PackCandidate, budget: int = 1000, floor: float = 0.0, task: str = "") -> Pack:
    return select(candidates, budget=budget, count=estimate, floor=floor, task=task)


def chosen(pack: Pack) -> list[str]:
    return [one.id for one in pack.items]


def reasons(pack: Pack) -> dict[str, str]:
    return {one.id: one.reason for one in pack.decisions}


@given(CANDIDATES, st.integers(0, 400), st.sampled_from(COUNTS), st.sampled_from(["", "rotate the token"]))
@settings(max_examples=300)
def test_a_pack_is_never_over_its_budget(
    candidates: list[PackCandidate], budget: int, count: Callable[[str], int], task: str
) -> None:
    pack = select(candidates, budget=budget, count=count, task=task, name="3b89a72b85e0", as_of=DAY)

    assert pack.tokens == count(pack.text) <= budget


def test_a_count_that_finds_more_in_the_whole_is_obeyed() -> None:
    def greedy(text: str) -> int:
        return 30 * text.count("\n- ") if text.startswith("<") else 0

    pack = select([candidate(f"m{i}", f"text {i}", relevance=i / 10) for i in range(6)], budget=100, count=greedy)

    assert ["m5", "m4", "m3"] == chosen(pack)
    assert "over budget once rendered" == reasons(pack)["m0"]


@given(CANDIDATES, st.integers(0, 400))
def test_every_candidate_is_decided_once(candidates: list[PackCandidate], budget: int) -> None:
    pack = select(candidates, budget=budget, count=estimate)

    assert sorted(one.id for one in candidates) == sorted(one.id for one in pack.decisions)
    assert chosen(pack) == [one.id for one in pack.decisions if one.chosen]


@given(CANDIDATES, st.integers(0, 400), st.randoms(use_true_random=False))
def test_the_order_of_candidates_is_irrelevant(
    candidates: list[PackCandidate], budget: int, rng: random.Random
) -> None:
    shuffled = rng.sample(candidates, len(candidates))

    assert select(candidates, budget=budget, count=estimate) == select(shuffled, budget=budget, count=estimate)


def test_the_pinned_come_first_then_the_best() -> None:
    pack = fill(
        candidate("low", "red", 0.2), candidate("high", "blue", 0.9), candidate("pin", "green", 0.0, pinned=True)
    )

    assert ["pin", "high", "low"] == chosen(pack)
    assert "pinned" == reasons(pack)["pin"]


def test_of_equal_texts_the_better_is_kept() -> None:
    pack = fill(candidate("a", "Use  uv.", 0.4), candidate("b", "use uv", 0.6))

    assert ["b"] == chosen(pack)
    assert "says the same as b" == reasons(pack)["a"]


def test_what_is_judged_the_same_as_a_pinned_one_is_left_out() -> None:
    pin, found = candidate("pin", "Deploy on Mondays.", pinned=True), candidate("found", "deploys: Monday")

    pack = select(
        [found, pin], budget=1000, count=estimate, same=lambda one, other: {one.id, other.id} == {"pin", "found"}
    )

    assert (["pin"], "says the same as pin") == (chosen(pack), reasons(pack)["found"])


def test_a_negation_is_not_a_repetition() -> None:
    assert ["a", "b"] == sorted(chosen(fill(candidate("a", "use tabs"), candidate("b", "do not use tabs"))))


def test_something_new_is_preferred_to_a_repetition() -> None:
    first = candidate("first", "tokens rotate every single night at two", 0.9)
    again = candidate("again", "tokens rotate every single night at three", 0.6)
    other = candidate("other", "ports below eighty need the root account", 0.55)

    assert ["first", "other", "again"] == chosen(fill(first, again, other))


def test_what_does_not_fit_is_dropped_and_the_next_is_tried() -> None:
    pack = fill(candidate("long", "word " * 200, 0.9), candidate("short", "brief", 0.3), budget=100)

    assert ["short"] == chosen(pack)
    assert reasons(pack)["long"].startswith("needs 2")


def test_the_irrelevant_stay_out_unless_pinned() -> None:
    pack = fill(candidate("weak", "red", 0.1), candidate("pin", "green", 0.1, pinned=True), floor=0.2)

    assert ["pin"] == chosen(pack)
    assert "relevance 0.10 is below 0.20" == reasons(pack)["weak"]


def test_of_what_was_said_the_short_has_to_fit_as_well_as_a_memory() -> None:
    said = [
        candidate("short", "delete that file", 0.15, speaker="user"),
        candidate("long", "the files of the old importer are gone", 0.15, speaker="user"),
        candidate("answer", "on port 5433", 0.25, speaker="user"),
        candidate("far", "the docks of the old harbour are gone", 0.13, speaker="user", near=0.3),
    ]

    pack = fill(*said, floor=0.2)

    assert ["answer", "long"] == sorted(chosen(pack))
    assert "relevance 0.15 is below 0.20" == reasons(pack)["short"]
    assert "relevance 0.13 is below 0.14" == reasons(pack)["far"]


def test_where_nothing_comes_near_only_what_is_pinned_is_handed_over() -> None:
    weak = [candidate("a", "the cat sleeps", 0.17, near=0.24), candidate("b", "a dog barks", 0.1, near=0.1)]
    pin = candidate("pin", "green", pinned=True)

    pack = fill(*weak, pin)

    assert ["pin"] == chosen(pack)
    assert "Little is known" not in pack.text
    assert {"nothing that was found comes near the task"} == {reasons(pack)[one.id] for one in weak}
    assert "" == fill(*weak).text


@pytest.mark.parametrize(
    ("relevance", "near", "notes"),
    [(0.18, 0.1, 1), (0.1, 0.25, 1), (0.24, 0.9, 1), (0.25, 0.1, 0), (0.1, None, 0)],
)
def test_what_may_be_about_something_else_is_handed_over_and_the_pack_says_so(
    relevance: float, near: float | None, notes: int
) -> None:
    pack = fill(candidate("a", "the cat sleeps", relevance, near=near))

    assert ["a"] == chosen(pack)
    assert notes == pack.text.count("Little is known: nothing that was found is clearly about the task.")


def test_of_equals_the_newest_comes_first() -> None:
    older = candidate("a", "red", occurred_at=DAY)
    newer = candidate("b", "tan", occurred_at=DAY.replace(year=2027))
    twin = candidate("c", "sky", occurred_at=DAY)

    assert ["b", "a", "c"] == chosen(fill(twin, older, newer))


@given(UNIT, UNIT, UNIT)
def test_worth_is_softened_and_stays_in_bounds(relevance: float, trust: float, freshness: float) -> None:
    found = worth(candidate("m", "x", relevance, trust=trust, freshness=freshness))
    best = worth(candidate("m", "x", relevance))

    assert 0.45 * best - 1e-9 <= found <= best <= 1
    assert best <= worth(candidate("m", "x", 1.0)) == 1


LONG = "Hey Ben! We moved the port to 8080 on Monday. What a day that was. The red cat sleeps on the keyboard."


def test_of_what_was_said_the_sentence_that_matters_goes_first() -> None:
    said = candidate("a", LONG, 0.9, type="message", speaker="Ana", occurred_at=DAY)

    pack = fill(said, task="Which port do we use?", budget=71)

    assert "1 Ana: We moved the port to 8080 on Monday. …" in pack.text
    assert "relevance 0.90, 0% of its words said before, 1 of 4 sentences" == reasons(pack)["a"]


def test_with_room_what_was_said_stands_whole() -> None:
    assert f"1 Ana: {LONG}\n" in fill(candidate("a", LONG, 0.9, speaker="Ana"), task="port").text


def test_memories_are_never_cut() -> None:
    assert [] == chosen(fill(candidate("a", LONG, 0.9), task="Which port do we use?", budget=71))


def test_a_better_find_stands_whole_before_a_worse_one_stands_at_all() -> None:
    better = candidate("a", LONG, 0.9, speaker="Ana")
    worse = candidate("b", "The green door of the old house was painted twice.", 0.4, speaker="Ana")

    pack = fill(better, worse, task="port", budget=90)

    assert ["a"] == chosen(pack)
    assert LONG in pack.text


def test_a_budget_too_small_for_the_fence_gives_nothing() -> None:
    pack = fill(candidate("a", "red"), budget=5)

    assert ("", 0) == (pack.text, pack.tokens)


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(Invalid):
        fill(budget=-1)


def test_what_a_model_only_does_next_is_left_out() -> None:
    text = "Now let me run the tests of the refund:"
    pack = fill(
        candidate("next", text, 0.9, speaker="assistant"),
        candidate("said", text, 0.8, speaker="Ana"),
        candidate("pin", f"{text} twice", 0.9, speaker="assistant", pinned=True),
    )

    assert ["pin", "said"] == chosen(pack)
    assert "only says what comes next" == reasons(pack)["next"]
