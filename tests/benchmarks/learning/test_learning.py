"""Floors of what is learned and consolidated, on the labelled sets."""

import pytest

from benchmarks.learning.labelled import DATA, pairs
from benchmarks.learning.measures import GATES, SETS, consolidation, gate, table, wrong


@pytest.mark.parametrize(("name", "meant", "others"), [("junk gate", 150, 100), ("junk gate, said in passing", 20, 20)])
def test_what_is_kept_of_sentences_is_worth_it(name: str, meant: int, others: int) -> None:
    found = gate(name, GATES[name])

    assert (found.meant >= meant, found.others >= others) == (True, True)
    assert (found.precision >= 0.97, found.recall >= 0.9) == (True, True), found


@pytest.mark.parametrize("name", SETS)
def test_nothing_is_merged_or_closed_wrongly_unasked(name: str) -> None:
    assert wrong(name) == []


@pytest.mark.parametrize(
    ("name", "done", "asked"),
    [
        ("duplicates", 0.85, 0.95),
        ("duplicates-held-out", 0.75, 0.9),
        ("contradictions", 0.75, 0.95),
        ("contradictions-held-out", 0.75, 0.9),
    ],
)
def test_most_of_what_is_meant_is_done_or_asked_about(name: str, done: float, asked: float) -> None:
    found = consolidation(name)

    assert (found.recall >= done, found.asked_recall >= asked, found.asked_precision >= 0.9) == (True, True, True), (
        found
    )


def test_the_sets_say_what_they_are() -> None:
    told = (DATA / "README.md").read_text(encoding="utf-8")

    assert "Licence: Apache-2.0" in told
    assert [name for name in ("duplicates.tsv", "contradictions.tsv") if f"`{name}`" not in told] == []
    assert {len(set(pairs(name))) for name in SETS} == {90, 44, 108, 40}


def test_the_table_has_a_line_for_each_set() -> None:
    assert table(map(consolidation, SETS[:1])).count("\n") == 3
