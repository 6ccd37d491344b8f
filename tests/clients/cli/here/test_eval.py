"""`ctx eval`: search is measured on questions made of the store, offline."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from clients.cli.here.evaluating import OutOfTime, within
from clients.cli.here.index import opened
from contextfs.local import place
from contextfs.local.evaluation.running import evaluate
from tests.clients.cli.conftest import Run
from tests.clients.cli.here.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give a folder with a store."""
    root = tmp_path / "repository"
    root.mkdir()
    made = Folder(root)
    made.init()
    return made


def remember(folder: Folder, count: int, *, times: int = 1) -> None:
    for number in range(count):
        for again in range(times):
            folder.add(f"We keep LIMIT_OF_{number} in src/part_{number}/limits.py, note {again}.", type="decision")


def without_times(told: Run) -> object:
    report = json.loads(told.out)
    for system in report["systems"]:
        del system["p50_ms"], system["p95_ms"]
    return report


def test_the_report_tells_recall_beside_grep_and_everything(folder: Folder) -> None:
    remember(folder, 12)

    told = folder.ctx("eval", "--questions", "12")
    again = [folder.ctx("eval", "--questions", "12", "--json") for _ in range(2)]
    report = json.loads(again[0].out)

    assert (0, "12 questions, made of 12 memories and messages (seed 1).") == (told.code, told.out.splitlines()[0])
    assert ["ctx search", "ctx search --graph", "grep", "everything"] == [
        line.split("  ")[0] for line in told.out.splitlines()[3:7]
    ]
    assert without_times(again[0]) == without_times(again[1])
    assert [("hybrid", 1.0), ("graph", 1.0)] == [(one["system"], one["all"]["recall"]) for one in report["systems"][:2]]
    assert report["systems"][0]["tokens"] < report["full_tokens"]


def test_a_build_fails_below_the_threshold_and_passes_from_it_on(folder: Folder) -> None:
    remember(folder, 6, times=3)

    failed = folder.ctx("eval", "--top", "1", "--fail-below", "0.6")
    passed = folder.ctx("eval", "--top", "5", "--fail-below", "0.6", "--json")

    assert (1, "failed: recall@1 is 0.33, and --fail-below is 0.60") == (failed.code, failed.out.splitlines()[-1])
    assert (0, True) == (passed.code, json.loads(passed.out)["passed"])


def test_too_little_is_said_and_never_passes(folder: Folder) -> None:
    empty = folder.ctx("eval")
    remember(folder, 1)
    plain, gated = folder.ctx("eval"), folder.ctx("eval", "--fail-below", "0")

    assert (3, "Too little to tell: 0 questions could be made of 0 memories and messages") == (
        empty.code,
        empty.out.splitlines()[-1].partition(",")[0],
    )
    assert (3, 3) == (plain.code, gated.code)
    assert "Too little to tell: 2 questions could be made of 1 memory or message, and 10 are the least" in gated.out


WRONG = (
    *(["--fail-below", "2"], ["--fail-below", "x"], ["--fail-below", "nan"], ["--questions", "0"]),
    *(["-k", "21"], ["--seed", "x"]),
)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_makes_no_sense_is_refused(folder: Folder, wrong: list[str]) -> None:
    told = folder.ctx("eval", *wrong)

    assert (2, True) == (told.code, told.err.startswith("ctx: "))


def test_without_a_store_it_says_how_to_make_one(tmp_path: Path) -> None:
    told = Folder(tmp_path).ctx("eval")

    assert (2, True) == (told.code, "`ctx init` makes one" in told.err)


def test_it_ends_when_its_time_is_over_and_says_how_far_it_came() -> None:
    times, told = iter([0.0, 5.0, 11.0]), list[str]()
    progress = within(10, told.append, lambda: next(times))
    progress("hybrid: 1 of 3 questions …")

    with pytest.raises(OutOfTime, match=r"not done in 10 seconds \(hybrid: 2 of 3 questions\)\. Vectors"):
        progress("hybrid: 2 of 3 questions …")

    assert ["hybrid: 1 of 3 questions …"] == told


def test_what_is_done_in_its_time_is_told_as_ever(folder: Folder) -> None:
    remember(folder, 12)

    told = folder.ctx("eval", "--questions", "12", "--time-limit", "500")

    assert (0, "") == (told.code, told.err)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_at_a_terminal_it_shows_how_far_it_is_and_takes_that_away(folder: Folder) -> None:
    remember(folder, 12)
    terminal, program = os.openpty()
    try:
        told = subprocess.run(
            [sys.executable, "-m", "clients.cli.main", "eval", "--questions", "12", "--json"],
            cwd=folder.root,
            env=folder.environment | {"TERM": "xterm"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=program,
            check=True,
        )
    finally:
        os.close(program)
    with os.fdopen(terminal, "rb", buffering=0) as shows:
        shown = shows.read(65536).decode()

    assert json.loads(told.stdout)["questions"] == 12
    assert re.search(r"\r\x1b\[K[^\r\n]+ \u2026", shown)
    assert shown.endswith("\r\x1b[K")


def test_where_nobody_watches_it_says_nothing_of_that(folder: Folder) -> None:
    remember(folder, 12)

    assert folder.ctx("eval", "--json").err == ""


@pytest.mark.parametrize("after", [1, 30])
def test_stopped_at_any_moment_it_leaves_all_in_order(after: int, folder: Folder) -> None:
    remember(folder, 12)
    whole = without_times(folder.ctx("eval", "--json"))
    folder.ctx("reindex")
    left = iter(range(after))

    def stop(_: str) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with patch.dict(os.environ, folder.environment, clear=True), pytest.raises(KeyboardInterrupt):
        measure(folder, stop)

    assert whole == without_times(folder.ctx("eval", "--json"))


def measure(folder: Folder, progress: Callable[[str], None]) -> None:
    found = place.find(folder.root)
    assert found is not None
    with opened(found) as index:
        index.progress = progress
        evaluate(index, most=12, k=5, seed=1, fail_below=None, seconds=time.perf_counter)
