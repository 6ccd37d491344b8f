"""Measure two things in turn, A B A B …, so that a machine whose speed drifts slows both alike."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Work = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Row:
    """One line of the table: our median, the floor's median, and the ratio with its quartiles."""

    what: str
    floor: str
    unit: str
    ours: float
    theirs: float
    ratio: float
    low: float
    high: float
    goal: str
    runs: int


def pairs(
    ours: Work, floor: Work, *, runs: int, warmup: int = 20, clock: Clock = time.perf_counter, at_once: int = 1
) -> tuple[list[float], list[float]]:
    """Time both, in milliseconds of a clock of seconds, one after the other, after a warm-up.

    Each time is that of one of `at_once` repetitions. Whichever went second goes first the next time, so that what one
    leaves behind helps the other one as often.
    """
    for _ in range(warmup):
        ours()
        floor()
    times: tuple[list[float], list[float]] = ([], [])
    turns = [*zip((ours, floor), times, strict=True)]
    for _ in range(runs):
        for work, kept in turns:
            started = clock()
            for _ in range(at_once):
                work()
            kept.append((clock() - started) * 1000 / at_once)
        turns.reverse()
    return times


def peak_mb(command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> float:
    """Tell the most memory that a command held, by a small process that starts it and counts as well."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True);"
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    starting = [sys.executable, "-c", code, *command]
    told = subprocess.run(starting, cwd=folder, check=True, capture_output=True, text=True, env=env)
    return int(told.stdout) / (1024 if sys.platform != "darwin" else 1024 * 1024)


def row(what: str, floor: str, times: tuple[Sequence[float], Sequence[float]], *, goal: str, unit: str = "ms") -> Row:
    """Compare medians; the spread is that of the ratio of neighbouring runs."""
    ours, theirs = times
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    quartiles = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
    return Row(
        what=what,
        floor=floor,
        unit=unit,
        ours=statistics.median(ours),
        theirs=statistics.median(theirs),
        ratio=statistics.median(ours) / statistics.median(theirs),
        low=quartiles[0],
        high=quartiles[2],
        goal=goal,
        runs=len(ratios),
    )


def table(rows: Sequence[Row]) -> str:
    """Write the rows as a Markdown table."""
    head = "| what | ours | floor | ratio (quartiles) | goal | runs |\n|---|---|---|---|---|---|\n"
    lines = (
        f"| {one.what} | {one.ours:.2f} {one.unit} | {one.floor}: {one.theirs:.2f} {one.unit} "
        f"| **{one.ratio:.2f}** ({one.low:.2f} to {one.high:.2f}) | {one.goal} | {one.runs} |"
        for one in rows
    )
    return head + "\n".join(lines) + "\n"
