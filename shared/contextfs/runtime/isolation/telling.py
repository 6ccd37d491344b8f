"""A proof as tables, and as a page that can be filed."""

from collections.abc import Sequence

from contextfs.runtime.isolation.model import Check, Proof
from contextfs.runtime.isolation.walk import AREA

_LONGEST = 400
_TRIED = (
    "- An organization was made in which every text holds a word that stands nowhere else; callers of each kind asked"
    " each route for its things by id, by search and by filter, and asked the same of ids that nobody has."
)
_TIMES = (
    "- Timing: about what is the victim's the database was asked the same, to the statement and the row, as about what"
    " is not there. The figure is the ratio of the two medians by a clock over HTTP; it is not judged."
)
_MARKS = (
    "- ✓: nothing of the victim's was in any answer, nothing of it was changed, and each refusal was the same, to the"
    " letter, as where there is no such thing. –: not tried, for it is open to that caller. ✗: a leak."
)


def markdown(proof: Proof) -> str:
    """Write a proof as a page that can be filed."""
    lines = ["# Proof of isolation", "", verdict(proof), "", *_facts(proof), ""]
    for title, heads, rows in tables(proof):
        lines += [
            f"## {title[0].upper()}{title[1:]}",
            "",
            _row(heads),
            _row(["---"] * len(heads)),
            *map(_row, rows),
            "",
        ]
    if proof.leaks:
        lines += ["## Leaks", ""]
        lines += [f"- {leak(one)}" for one in proof.leaks]
    return "\n".join(lines).rstrip()


def _facts(proof: Proof) -> list[str]:
    return [
        f"- Server: {proof.server}, database: {proof.database}.",
        f"- Begun at {proof.begun_at.isoformat(timespec='seconds')}, took {proof.seconds} seconds.",
        _TRIED,
        _MARKS,
        _TIMES,
    ]


def verdict(proof: Proof) -> str:
    """Say in one line what came of it."""
    tried = f"{proof.tried:,} requests and questions in {len(proof.checks):,} checks, against {proof.server}"
    return f"{f'Leaks: {len(proof.leaks):,}' if proof.leaks else 'No leak'}. {tried}."


def leak(one: Check) -> str:
    """Tell one leak in one line."""
    line = " ".join(f"{one.area}: {one.subject}, by {one.who}: {one.leak}".split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def tables(proof: Proof) -> list[tuple[str, list[str], list[list[str]]]]:
    """Give one table of routes by callers, and one for each other area."""
    routes = [one for one in proof.checks if one.area == AREA]
    callers = list(dict.fromkeys(one.who for one in routes))
    marks = {(one.subject, one.who): _mark(one) for one in routes}
    subjects = list(dict.fromkeys(one.subject for one in routes))
    keys = [f"{number}" for number, _ in enumerate(callers, start=1)]
    legend = [[key, caller] for key, caller in zip(keys, callers, strict=True)]
    tables = [
        ("callers", ["no.", "who"], legend),
        (
            "routes, by caller",
            ["route", *keys],
            [[subject, *(marks.get((subject, who), "–") for who in callers)] for subject in subjects],
        ),
    ]
    for area in dict.fromkeys(one.area for one in proof.checks if one.area != AREA):
        rows = [
            [one.subject, one.who, str(one.tried), f"{_mark(one)} {one.told or ''}".strip()]
            for one in proof.checks
            if one.area == area
        ]
        tables.append((area, ["what", "who", "tried", ""], rows))
    return tables


def _mark(one: Check) -> str:
    if one.leak is not None:
        return "✗"
    return "✓" if one.tried else "–"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
