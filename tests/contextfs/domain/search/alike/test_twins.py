"""What says the same is shown once: nothing else is hidden, and nothing above it moves."""

import random
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.alike.twins import are_twins, collapse
from contextfs.domain.search.fusion import Hit, Ranked, fuse
from contextfs.domain.search.question import understand
from contextfs.domain.search.ranking import rank
from contextfs.domain.search.signals import Passage
from contextfs.domain.search.tokens import fingerprint

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = st.sampled_from(
    [
        "We deploy with Pulumi on Fridays, after the review.",
        "Remember: we always deploy with Pulumi on Fridays after the review!",
        "After the review, please deploy with Pulumi on Friday.",
        "We deploy with Terraform on Fridays, after the review.",
        "Did we deploy with Pulumi on Fridays, after the review?",
        "The staging port of the gateway is 8080.",
        "the staging port of the gateway is 8081",
        "Yes!",
        "yes",
        "\u00c7a va?",
        "",
    ]
)
PASSAGES = st.lists(
    st.builds(
        Passage,
        key=st.uuids().map(str),
        source=st.uuids().map(str),
        body=TEXT,
        semantic=st.floats(0, 1),
        speaker=st.sampled_from([None, "Ana", "Ben"]),
    ),
    max_size=12,
    unique_by=lambda one: one.key,
)


def ranked(passages: list[Passage]) -> list[Ranked]:
    return fuse([Hit(key=one.key, semantic=one.semantic) for one in passages], now=NOW)


def collapsed(passages: list[Passage], shown: int = 12) -> list[Ranked]:
    return collapse(ranked(passages), {one.key: one for one in passages}, shown=shown)


def said(*bodies: str, speaker: str | None = None) -> list[Passage]:
    return [
        Passage(key=str(number), source=str(number), body=body, semantic=1 - number / 100, speaker=speaker)
        for number, body in enumerate(bodies)
    ]


def shown(passages: list[Passage], most: int = 12) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.hit.key, one.copies) for one in collapsed(passages, most)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("We use Postgres for the queue.", "For the queue we use postgres!", True),
        ("Use caf\u00e9.py for that job.", "use cafe.py  for that job", True),
        ("Yes!", "yes", True),
        ("\U0001f642", "\U0001f642\U0001f642", False),
        ("We took Postgres for the queue.", "Did we take Postgres for the queue?", False),
        ("The retry of the worker is off.", "The retry of the worker is on.", False),
        ("It listens on port 8080.", "It listens on port 8081.", False),
        ("return limit + offset of the page", "return limit - offset of the page", False),
        ("Yes please", "ok", False),
    ],
)
def test_twins(one: str, other: str, expected: bool) -> None:  # noqa: FBT001 - a row of the table
    ours, theirs = said(one, other)

    assert (expected, expected) == (are_twins(ours, theirs), are_twins(theirs, ours))


def test_what_another_person_says_is_no_twin() -> None:
    [ana] = said("I love hiking in the Alps.", speaker="Ana")
    [ben] = said("I love hiking in the Alps.", speaker="Ben")

    assert not are_twins(ana, ben)


def test_the_best_one_stays_and_names_the_others_best_first() -> None:
    passages = said(
        "We deploy with Pulumi on Fridays.",
        "The port is 8080.",
        "Please deploy with pulumi on Friday",
        "the port is 8080",
    )

    assert [("0", ("2",)), ("1", ("3",))] == shown(passages)


def test_no_more_is_looked_at_than_is_shown() -> None:
    passages = said(*(f"Number {number} of many notes." for number in range(8)), "number 0 of many notes")

    assert [str(number) for number in range(9)] == [key for key, _ in shown(passages, 3)]


def test_many_copies_do_not_hide_what_lies_behind_them() -> None:
    passages = said(*["We deploy with Pulumi on Fridays."] * 30, "The port is 8080.")

    assert [("0", 29), ("30", 0)] == [(key, len(copies)) for key, copies in shown(passages, 2)]


@given(PASSAGES)
def test_what_gives_way_has_a_twin_above_it(passages: list[Passage]) -> None:
    by_key = {one.key: one for one in passages}
    place = {one.hit.key: number for number, one in enumerate(ranked(passages))}

    for one in collapsed(passages):
        assert all(are_twins(by_key[one.hit.key], by_key[key]) for key in one.copies)
        assert all(place[one.hit.key] < place[key] for key in one.copies)


@given(PASSAGES)
def test_of_what_stays_no_two_are_twins_and_nothing_is_lost(passages: list[Passage]) -> None:
    by_key = {one.key: one for one in passages}
    kept = [by_key[one.hit.key] for one in collapsed(passages)]
    told = [key for one in collapsed(passages) for key in (one.hit.key, *one.copies)]

    assert not any(are_twins(one, other) for number, one in enumerate(kept) for other in kept[:number])
    assert sorted(by_key) == sorted(told)


@given(PASSAGES, st.integers(1, 6))
def test_the_order_and_the_scores_of_what_stays_are_kept(passages: list[Passage], most: int) -> None:
    before = {one.hit.key: one for one in ranked(passages)}
    after = collapsed(passages, most)

    assert [one for one in before if one in {it.hit.key for it in after}] == [one.hit.key for one in after]
    assert [msgspec.structs.replace(one, copies=()) for one in after] == [before[one.hit.key] for one in after]


@given(PASSAGES, TEXT)
def test_what_comes_behind_moves_nothing_above(passages: list[Passage], last: str) -> None:
    more = [*passages, Passage(key="~", source="~", body=last, semantic=-1.0)]
    before = [one.hit.key for one in collapsed(passages)]

    assert before == [one.hit.key for one in collapsed(more)][: len(before)]


@given(PASSAGES, st.randoms(use_true_random=False))
def test_the_order_of_passages_is_irrelevant_to_the_ranking(passages: list[Passage], rng: random.Random) -> None:
    question = understand("when do we deploy with Pulumi?", today=NOW.date())
    mixed = rng.sample(passages, len(passages))

    assert rank(passages, question, (), now=NOW) == rank(mixed, question, (), now=NOW)


@given(PASSAGES)
def test_a_stored_fingerprint_changes_nothing(passages: list[Passage]) -> None:
    stored = [msgspec.structs.replace(one, fingerprint=fingerprint(one.body)) for one in passages]

    assert collapsed(passages) == collapsed(stored)
