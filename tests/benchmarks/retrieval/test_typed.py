"""Conversations and questions as people type them."""

from datetime import date
from pathlib import Path

import pytest

from benchmarks.retrieval.data import Asked, Conversation, Turn
from benchmarks.retrieval.typed import WAYS, compared, main, recalls, telling
from benchmarks.retrieval.vectors import Vectors
from contextfs.domain.search.dates import closeness, spans

TALK = Conversation(
    conv_id="c",
    speakers=["Ana", "Ben"],
    turns=[
        Turn("1", "s", "Ana", "Hi Ben! I moved to Lisbon, by the river. Nice, isn't it?"),
        Turn("2", "s", "Ben", "Great"),
    ],
    questions=[
        Asked("q1", "Where did Ana move on 8 May, 2023?", "single-hop", ["1"], "to Lisbon"),
        Asked("q2", "Does Ben approve of it?", "single-hop", ["2", "gone"]),
    ],
)
DATED = ("dated as it is", "8 may", "5/8", "5/8/23", "8.5.2023", "the spring of 2023")


def test_a_turn_in_bursts_says_the_same_by_the_same_speaker() -> None:
    turns = WAYS["turns in bursts"](TALK).turns

    assert [("1~0", "Ana"), ("1~1", "Ana"), ("1~2", "Ana"), ("2~0", "Ben")] == [(one.id, one.speaker) for one in turns]
    assert TALK.turns[0].text == " ".join(one.text for one in turns[:3])


def test_small_letters_have_no_marks_behind_them() -> None:
    changed = WAYS["all three"](TALK)

    assert ["hi ben", "i moved to lisbon, by the river", "nice, isn't it", "great"] == [
        one.text for one in changed.turns
    ]
    assert ["where did ana move on 8 may, 2023", "does ben approve of it"] == [one.q for one in changed.questions]


def test_a_typo_is_in_one_word_that_is_no_name_and_always_the_same() -> None:
    twice = [WAYS["a typo in each question"](TALK).questions for _ in range(2)]

    changed = [
        (before, after)
        for asked, typed in zip(TALK.questions, twice[0], strict=True)
        for before, after in zip(asked.q.split(), typed.q.split(), strict=True)
        if before != after
    ]
    assert twice[0] == twice[1]
    assert ["Where", "approve"] == [before for before, _ in changed]
    assert all(abs(len(before) - len(after)) <= 1 for before, after in changed)


@pytest.mark.parametrize("way", DATED)
def test_a_date_is_the_same_day_however_it_is_written(way: str) -> None:
    [asked] = WAYS[way](TALK).questions

    assert 1.0 == closeness(date(2023, 5, 8), spans(asked.q, today=date(2026, 3, 1)))


def test_evidence_is_found_by_any_message_of_its_turn_and_told_by_one() -> None:
    cut = WAYS["turns in bursts"](TALK)
    first, second = cut.questions

    assert {"1~1"} == telling(cut, first)
    assert [(1.0, 0.0), (1.0, 1.0)] == [recalls(found, cut, first) for found in (["1~2", "2~0"], ["1~1"])]
    assert (0.5, 0.5) == recalls(["2~0"], cut, second)


def test_each_way_has_a_row_with_every_system(tmp_path: Path) -> None:
    told = compared([TALK], ["grep", "fts5"], WAYS, Vectors(tmp_path / "none", tmp_path / "cache.db"))

    lines = [line.split("|")[1:-1] for line in told.strip().splitlines()[2:]]
    assert [*WAYS] == [line[0].strip() for line in lines]
    assert {4} == {len(line) for line in lines}


@pytest.mark.parametrize("wrong", [["--systems", "none"], ["--ways", "upside down"]])
def test_what_there_is_none_of_is_named(wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["--data", str(tmp_path / "none.json"), *wrong])
    assert f"There is no {wrong[1]}:" in capsys.readouterr().err
