"""Words of a question that stand nowhere."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.search.question import Question, understand
from contextfs.domain.search.spelling import corrections, distance, spelled, told
from contextfs.domain.search.tokens import terms

TODAY = date(2026, 1, 1)
SAID = [
    "The decision about the staging database was made on Thursday.",
    "Decisions about databases are made by Andrew.",
    "We meet at the table of the configuration, which is round.",
]


def asked(text: str) -> Question:
    return understand(text, today=TODAY)


def corrected(text: str, said: list[str] = SAID) -> dict[str, str]:
    """Correct a question in a store that holds what was said, and nothing else."""
    question = asked(text)
    held = {term for one in said for term in terms(one)}
    return corrections(question, [float(word in held) for word in question.words], said)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("the decison", {"decison": "decision"}),
        ("the deciison", {"deciison": "decision"}),
        ("the decisoin", {"decisoin": "decision"}),
        ("the decition", {"decition": "decision"}),
        ("the cofigurtion", {"cofigurtion": "configuration"}),
        ("Stagng database", {"Stagng": "staging"}),
        ("what did andew say of the decison", {"andew": "andrew", "decison": "decision"}),
    ],
)
def test_a_word_that_stands_nowhere_is_the_nearest_that_was_said(typed: str, meant: dict[str, str]) -> None:
    assert meant == corrected(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "the decision of the databases",
        "what did Andew say",
        'the "decison"',
        "src/decison.py",
        "decison_made",
        "decison2",
        "DECISON",
        "meat",
        "the mad",
        "the xylophone",
        "wihch",
        "can you give me a clear summary of the database",
    ],
)
def test_what_is_held_or_a_name_or_quoted_or_near_to_nothing_stays_as_it_is(typed: str) -> None:
    assert {} == corrected(typed)


def test_words_of_asking_are_no_misspelled_ones() -> None:
    said = ["The older database was bought in Odessa."]

    assert {} == corrected("the order in which I brought up the database", said)


def test_of_equally_near_words_the_more_frequent_one_is_meant() -> None:
    assert {"stagin": "stain"} == corrected("stagin", ["a stain, a stain", "staging"])
    assert {"stagin": "staging"} == corrected("stagin", ["a stain", "staging, staging"])


def test_the_question_is_read_anew_with_what_was_meant_and_keeps_its_filters() -> None:
    question = spelled(
        asked("type:decision the databse in Janury"), {"databse": "database", "Janury": "january"}, today=TODAY
    )

    assert "the database in january" == question.text == question.about
    assert ("decision",) == question.filters.types
    assert [1] == [span.first.month for span in question.when]


def test_what_was_looked_for_instead_is_said() -> None:
    assert ["\u201cdecison\u201d was not found: \u201cdecision\u201d was searched instead."] == told(
        {"decison": "decision"}
    )


@given(st.text(), st.lists(st.text(), max_size=4))
def test_any_text_has_an_answer_and_only_what_was_said_is_put_in(text: str, said: list[str]) -> None:
    meant = corrected(text, said)

    assert all(one in "\n".join(said).lower() for one in meant.values())
    assert asked(text).filters == spelled(asked(text), meant, today=TODAY).filters


@given(st.lists(st.sampled_from(["table", "tabel", "label", "cable", "tables", "tale"]), min_size=1))
def test_a_word_that_is_held_is_never_changed(words: list[str]) -> None:
    said = ["table cable"]

    assert {"table", "tables", "cable"}.isdisjoint(corrected(" ".join(words), said))


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_the_distance_is_the_same_both_ways_and_none_for_the_same(one: str, other: str) -> None:
    assert distance(one, other, most=9) == distance(other, one, most=9)
    assert (one == other) == (distance(one, other, most=9) == 0)
