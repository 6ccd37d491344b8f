"""`ctx eval` in the store of this folder."""

import time
from collections.abc import Callable

from clients.cli.here.index import opened
from clients.cli.shown import output
from contextfs.kit.errors import Unavailable
from contextfs.local.evaluation.model import LEAST, Measured, Report
from contextfs.local.evaluation.running import evaluate
from contextfs.local.place import Place

_NAMES = {"hybrid": "ctx search", "graph": "ctx search --graph", "grep": "grep"}
_KINDS = {
    "turn": "what was asked in a later session",
    "symbol": "a file, symbol or error by name",
    "title": "the title of a memory, in its conversation",
}


class OutOfTime(Unavailable):
    """It was not done in the time that it was given: nothing is known of how well search finds."""


def run(
    place: Place, *, most: int, k: int, seed: int, fail_below: float | None, limit: int | None, json: bool
) -> Report:
    """Evaluate, and print the report; OutOfTime where that takes longer than `limit` seconds."""
    with opened(place) as index:
        if limit is not None:
            index.progress = within(limit, index.progress, time.monotonic)
        report = evaluate(index, most=most, k=k, seed=seed, fail_below=fail_below, seconds=time.perf_counter)
    if json:
        output.say_json(report)
    else:
        _print(report)
    return report


def within(limit: float, progress: Callable[[str], None], clock: Callable[[], float]) -> Callable[[str], None]:
    """Give a progress that ends what tells of it, once `limit` seconds are over."""
    end = clock() + limit

    def show(text: str) -> None:
        if clock() > end:
            raise OutOfTime(
                f"It was not done in {limit:g} seconds ({text.removesuffix(' …')}). Vectors that were made are kept: "
                "run it again, give a longer --time-limit, or fewer --questions."
            )
        progress(text)

    return show


def _print(report: Report) -> None:
    if report.questions:
        _tell(report)
    for leg in report.degraded:
        output.say(f"degraded: {leg}")
    if report.too_little:
        made = output.counted(report.questions, "question")
        items = output.counted(report.items, "memory or message", "memories and messages")
        output.say(
            f"Too little to tell: {made} could be made of {items}, and {LEAST} are the least that say something. "
            "Import conversations (`ctx import`) or add memories that name files, symbols and errors."
        )
    elif report.passed is not None:
        verdict = "passed" if report.passed else "failed"
        recall = report.systems[0].all.recall
        output.say(f"{verdict}: recall@{report.k} is {recall:.2f}, and --fail-below is {report.fail_below:.2f}")


def _tell(report: Report) -> None:
    asked = output.counted(report.questions, "question")
    output.say(f"{asked}, made of {report.items:,} memories and messages (seed {report.seed}).")
    output.say()
    heads = ("", f"recall@{report.k}", "MRR", "p50 ms", "p95 ms", "tokens")
    rows = [_row(one) for one in report.systems]
    output.table(heads, [*rows, ("everything", "1.00", "-", "-", "-", f"{report.full_tokens:,}")])
    output.say()
    for kind, figures in report.systems[0].kinds.items():
        shares = ", ".join(f"{_NAMES[one.system]} {one.kinds[kind].recall:.2f}" for one in report.systems)
        output.say(f"{_KINDS[kind]} ({figures.questions}): {shares}")
    output.say("Tokens are estimated, of the results that count; which items answer is known by rules, not by people.")


def _row(one: Measured) -> tuple[str, ...]:
    figures = (f"{one.all.recall:.2f}", f"{one.all.mrr:.2f}", f"{one.p50_ms:.1f}", f"{one.p95_ms:.1f}")
    return (_NAMES[one.system], *figures, f"{one.tokens:,}")
