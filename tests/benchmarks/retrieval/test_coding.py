"""The questions about coding sessions: what ships of them, and the file that is built for the benchmark."""

import os
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.retrieval.coding import SAMPLES, built, labels, main
from benchmarks.retrieval.data import load
from benchmarks.retrieval.systems.pure import Pure
from benchmarks.retrieval.vectors import Vectors

KINDS = {"asked", "cause", "command", "decision", "finding", "fix", "left", "when", "where"}


def test_each_question_is_told_apart_and_has_evidence_and_a_known_kind() -> None:
    asked = [one for project in labels() for one in project.questions]

    assert KINDS == {one.category for one in asked}
    assert [] == [name for name, count in Counter(one.qid for one in asked).items() if count > 1]
    assert all(one.evidence for one in asked)


def test_no_session_is_in_both_halves() -> None:
    halves = {session: {project.half for project in labels() if session in project.sessions}
              for project in labels() for session in project.sessions}  # fmt: skip

    assert {1} == {len(names) for names in halves.values()}


def test_the_samples_of_the_product_hold_all_evidence_about_them() -> None:
    [(_, tern)] = built([SAMPLES], [one for one in labels() if one.name == "tern"])

    assert tern is not None
    assert set() == {one for asked in tern.questions for one in asked.evidence} - {one.id for one in tern.turns}


def test_the_cause_is_found_among_the_first_two_by_meaning_too(tmp_path: Path) -> None:
    home = os.environ.get("CONTEXTFS_HOME")
    model = (Path(home) if home else Path.home() / ".contextfs") / "models" / "all-MiniLM-L6-v2.int8.bin"
    if not model.is_file():
        pytest.skip("no embedding model on this machine: run `make models`")
    [(project, tern)] = built([SAMPLES], [one for one in labels() if one.name == "tern"])
    assert tern is not None
    [asked] = [one for one in project.questions if one.q == "why did the tests hang"]
    pure = Pure(Vectors(model, tmp_path / "vectors.db"))
    pure.load(tern)

    found = pure.search(asked.q, 2)

    assert set(found).intersection(asked.evidence)


def test_a_project_without_its_transcripts_is_left_out_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "coding.json"

    code = main(["--out", str(out)])

    assert 0 == code
    assert {"coding-dev": ["tern"]} == {half: [one.conv_id for one in found] for half, found in load(out).items()}
    assert [one.name for one in labels() if one.name != "tern"] == [
        line.split()[0] for line in capsys.readouterr().err.splitlines()
    ]
