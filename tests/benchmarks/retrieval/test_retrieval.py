"""The retrieval benchmark: its data, its measures, and a run over an invented conversation."""

import json
from pathlib import Path

import pytest

from benchmarks.retrieval.__main__ import main
from benchmarks.retrieval.data import day, load, sample
from benchmarks.retrieval.measures import Score, difference, interval, score_of
from benchmarks.retrieval.systems import TABLE, missing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4:04 pm on 20 January, 2023", "2023-01-20T16:04:00+00:00"),
        ("12:09 am on 13 September, 2023", "2023-09-13T00:09:00+00:00"),
        ("March-15-2024", "2024-03-15T00:00:00+00:00"),
        ("2024-03-15T10:00:00", "2024-03-15T10:00:00+00:00"),
        ("29.12.2023, 22:13:01", "2023-12-29T22:13:00+00:00"),
        ("3 May, 2023", "2023-05-03T00:00:00+00:00"),
        ("99 Smarch, 2023", None),
        ("some day", None),
        (None, None),
    ],
)
def test_dates_of_the_known_sets_are_read(text: str | None, expected: str | None) -> None:
    found = day(text)

    assert expected == (found.isoformat() if found else None)


def test_a_ranking_is_measured() -> None:
    sessions = {"1": "s", "2": "s", "3": "t", "4": "u"}
    tokens = {"1": 200, "2": 300, "3": 40, "4": 1}

    score = score_of(["1", "2", "3"], ["3", "4"], sessions=sessions, tokens=tokens)

    assert {3: 0.5, 5: 0.5, 10: 0.5, 20: 0.5} == score["recall"]
    assert pytest.approx(1 / 3) == score["mrr"]
    assert pytest.approx(0.5 / (1 + 0.6309), abs=1e-3) == score["ndcg"]
    assert {3: 0.5, 5: 0.5, 10: 0.5, 20: 0.5} == score["session_recall"]
    assert {250: 0.5, 500: 0.0, 1000: 0.5, 2000: 0.5} == score["held"]


def test_an_interval_holds_the_mean_and_is_the_same_again() -> None:
    values = [0.0, 1.0] * 20

    low, high = interval(values)

    assert low < 0.5 < high
    assert (low, high) == interval(values)


def score(conversation: str, qid: str, recall: float) -> Score:
    return Score(
        dataset="d",
        conversation=conversation,
        qid=qid,
        category="c",
        recall={10: recall},
        ndcg=0.0,
        mrr=0.0,
        session_recall={},
        held={},
        milliseconds=0.0,
    )


def test_a_difference_is_paired_and_draws_whole_conversations() -> None:
    theirs = [score("a", "1", 0.5), score("a", "2", 0.0), score("b", "1", 1.0), score("b", "2", 1.0)]
    ours = [
        score("b", "2", 1.0),
        score("b", "1", 1.0),
        score("a", "2", 1.0),
        score("a", "1", 0.5),
        score("c", "9", 1.0),
    ]

    assert (0.25, 0.0, 0.5) == difference(ours, theirs)


def test_systems_without_a_common_question_do_not_differ() -> None:
    assert (0.0, 0.0, 0.0) == difference([score("a", "1", 1.0)], [])


def test_one_command_writes_table_picture_and_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data.json"
    data.write_bytes(sample())
    arguments = ["--data", str(data), "--systems", "grep,fts5", "--cache", str(tmp_path / "cache.db")]

    status = main([*arguments, "--json", str(tmp_path / "out.json"), "--svg", str(tmp_path / "out.svg")])
    runs = json.loads((tmp_path / "out.json").read_bytes())

    assert status == 0
    assert "| fts5 | 1.000" in capsys.readouterr().out
    assert ["grep", "fts5"] == [one["system"] for one in runs]
    assert (tmp_path / "out.svg").read_text().startswith("<svg")


def test_questions_about_turns_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    data = tmp_path / "data.json"
    data.write_bytes(sample().replace(b'"evidence": ["3"]', b'"evidence": ["33"]'))

    (conversation,) = load(data)["invented"]

    assert ["q1"] == [one.qid for one in conversation.questions]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert main(["--data", str(tmp_path / "no.json")]) == 2
    assert main(["--data", str(tmp_path / "no.json"), "--systems", "magic"]) == 2


@pytest.mark.parametrize("name", [name for name in TABLE if not TABLE[name].needs])
def test_systems_without_needs_are_there(name: str) -> None:
    assert missing(name) == ""
