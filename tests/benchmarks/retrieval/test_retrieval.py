"""The retrieval benchmark: its data, its measures, and a run over an invented conversation."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from benchmarks.retrieval.__main__ import main
from benchmarks.retrieval.data import load, sample
from benchmarks.retrieval.measures import Score, difference, interval, score_of
from benchmarks.retrieval.report import report, table
from benchmarks.retrieval.run import run
from benchmarks.retrieval.systems import TABLE, missing
from benchmarks.retrieval.vectors import Floats
from tests.benchmarks.retrieval.test_pure import Blind

ODD = [
    "I moved to Lisbon last week.",
    "",
    "   ",
    "?!",
    "' OR 1=1; -- \" * (",
    "nul \0 and \u202e שלום 😀",
    "東京に引っ越しました",
    "where " * 2000,
    "a" * 100_000,
]


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


def test_what_is_not_there_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data.json"
    data.write_bytes(sample())
    wrong = [
        ["--data", str(tmp_path / "no.json")],
        ["--data", str(data), "--systems", "magic"],
        ["--data", str(data), "--datasets", "other"],
        ["--data", str(data), "--json", str(tmp_path / "no" / "out.json")],
    ]

    assert [2] * len(wrong) == [main(arguments) for arguments in wrong]
    assert len(wrong) == len(capsys.readouterr().err.splitlines())


def test_a_model_that_is_not_there_is_named_with_its_cure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data.json"
    data.write_bytes(sample())
    without = ["--data", str(data), "--cache", str(tmp_path / "cache.db"), "--model", str(tmp_path / "none.bin")]

    assert 1 == main([*without, "--systems", "vector"])
    assert "- vector: failed at invented c1, after 0 questions: Unavailable" in capsys.readouterr().out
    assert 2 == main([*without, "--systems", "grep", "--ablate"])
    assert "make models" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["pure", "graph", "grep", "fts5", "vector", "rrf"])
def test_no_turn_and_no_question_is_too_odd(name: str, tmp_path: Path) -> None:
    turns = [
        *({"id": number, "speaker": "Ana", "text": text} for number, text in enumerate(ODD)),
        *({"id": f"{name}?", "speaker": name, "text": "Said by somebody.", "date": None} for name in ("", "B" * 400)),
    ]
    asked = [{"q": text, "evidence": [0], "category": text, "answer": [text]} for text in ODD if text.strip()]
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"odd|": [{"turns": turns, "questions": asked}]}), "utf-8")

    [done] = run(load(data), [name], Blind(tmp_path / "none", tmp_path / "cache.db"))

    assert ("", len(asked)) == (done.absent, len(done.scores))
    assert "odd\\|" in report([done])


class Noting(Blind):
    """Notes which texts were embedded one by one that were not seen before."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "none", folder / "cache.db")
        self.seen: set[str] = set()
        self.alone: list[str] = []

    def embed(self, texts: Sequence[str]) -> Floats:
        """Note them."""
        if len(texts) == 1 and not self.seen.issuperset(texts):
            self.alone.extend(texts)
        self.seen.update(texts)
        return super().embed(texts)


@pytest.mark.parametrize("name", ["pure", "graph", "vector", "rrf"])
def test_questions_are_embedded_together(name: str, tmp_path: Path) -> None:
    data = tmp_path / "data.json"
    data.write_bytes(sample())
    noting = Noting(tmp_path)

    [done] = run(load(data), [name], noting)

    assert 2 == len(done.scores)
    assert [] == noting.alone


def test_a_conversation_of_thousands_of_turns_and_one_question_is_measured(tmp_path: Path) -> None:
    turns = [{"id": number, "speaker": "Ana", "text": f"Number {number}."} for number in range(3000)]
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"long": [{"turns": turns, "questions": [{"q": "2999", "evidence": [2999]}]}]}), "utf-8")

    [done, _] = run(load(data), ["fts5", "grep"], Blind(tmp_path / "none", tmp_path / "cache.db"))

    assert [1.0] == [one.recall[10] for one in done.scores]
    assert "one conversation: no interval" in report([done, msgspec.structs.replace(done, system="again")])


def test_what_a_file_says_breaks_no_table() -> None:
    assert "| a \\| b c |\n| --- |\n" == table(["a | b\nc"], [])


@pytest.mark.parametrize("name", [name for name in TABLE if not TABLE[name].needs])
def test_systems_without_needs_are_there(name: str) -> None:
    assert missing(name) == ""
