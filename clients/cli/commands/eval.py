"""`ctx eval`: how well search finds in this store, on questions made of it."""

from typing import Annotated

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Misused, Option

_TOO_LITTLE = 3


def eval_(
    questions: Annotated[int, Option("--questions", min=1, max=2000, help="How many to ask at most.")] = 60,
    top: Annotated[int, Option("--top -k", min=1, max=20, help="How many results count.")] = 5,
    seed: Annotated[int, Option("--seed", help="Chooses the questions; the same seed asks the same ones.")] = 1,
    fail_below: Annotated[
        str | None, Option("--fail-below", help="Exit with 1 if recall is below this share, such as 0.6.")
    ] = None,
    time_limit: Annotated[
        int | None,
        Option("--time-limit", min=1, help="Stop after so many seconds, including the time for missing vectors."),
    ] = None,
    json: options.Json = False,
) -> int:
    """Measure search on your own store: questions are made from its memories and conversations, by rules, offline.

    The questions are: what people asked in later sessions, asked of what was known before; files, symbols and errors by
    their names; and titles of memories, asked of the conversations that they come from. The report shows recall among
    the first results, the reciprocal rank of the first right one, time and tokens, beside a plain search for words and
    beside handing over everything. The exit code is 1 below --fail-below, and 3 if there is too little to tell or
    --time-limit came first.

    Passages without a vector first get one, with the model that is set. If --time-limit cuts this off, the next run
    goes on from there.
    """
    threshold = None if fail_below is None else _share(fail_below)
    found = where.only()
    if found is None:
        raise Misused("this measures the store of a folder, and there is none here: `ctx init` makes one")
    from clients.cli.here import evaluating  # noqa: PLC0415 - loaded where it is needed

    report = evaluating.run(found, most=questions, k=top, seed=seed, fail_below=threshold, limit=time_limit, json=json)
    if report.too_little:
        return _TOO_LITTLE
    return 1 if report.passed is False else 0


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise Misused(f"--fail-below: {text!r} is no share: give a number from 0 to 1, such as 0.6")
    return share
