"""Recall and precision of each kind on labelled sentences."""

from collections import Counter

import pytest

from contextfs.journeys.learn.extract import extract
from tests.contextfs.journeys.learn.conversation import assistant, session, user
from tests.contextfs.journeys.learn.labelled import LABELLED, Labelled
from tests.contextfs.journeys.learn.reported import REPORTED
from tests.contextfs.journeys.learn.stated import STATED

KINDS = ("preference", "decision", "fact", "fix", "how-to")


def tags_of(one: Labelled) -> list[str]:
    turns = session(user(one.text) if one.human else assistant(one.text))
    return [c.tags[0] for c in extract(turns) if c.tags[0] != "episode"]


@pytest.fixture(scope="module")
def learned() -> list[tuple[Labelled, list[str]]]:
    return [(one, tags_of(one)) for one in [*LABELLED, *STATED, *REPORTED]]


def test_there_are_enough_sentences_to_judge_by() -> None:
    labels = Counter(one.tag for one in LABELLED)

    assert (True, True) == (sum(labels.values()) >= 250, labels[None] >= 100)


@pytest.mark.parametrize("of", [STATED, REPORTED], ids=["in passing", "of the work at hand"])
def test_what_sounds_like_junk_and_lasts_is_learned(
    of: list[Labelled], learned: list[tuple[Labelled, list[str]]]
) -> None:
    missed = [one.text for one, tags in learned if one in of and one.tag and one.tag not in tags]

    assert [] == missed


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_meant_is_learned(kind: str, learned: list[tuple[Labelled, list[str]]]) -> None:
    wanted = [(one, tags) for one, tags in learned if one.tag == kind]
    missed = [one.text for one, tags in wanted if kind not in tags]

    assert len(missed) <= 0.1 * len(wanted), missed


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_learned_is_meant(kind: str, learned: list[tuple[Labelled, list[str]]]) -> None:
    found = [one for one, tags in learned if kind in tags]
    wrong = [one.text for one in found if one.tag != kind]

    assert len(wrong) <= 0.03 * len(found), wrong


def test_of_junk_nothing_is_learned(learned: list[tuple[Labelled, list[str]]]) -> None:
    kept = [(one.text, tags) for one, tags in learned if one.tag is None and tags]

    assert [] == kept
