"""How long a query may go on where Postgres does not stop it: its limit of time holds between rows, not within one.

A function that looks for each part of one thing in another takes the product of both, hours for two texts of a
megabyte, and neither a limit nor an administrator ends it; so does arithmetic with many digits, written often. So what
is sought is short, what it is sought in has its share of so many steps, and numbers are no longer than they may be.
What takes as long as what it is given is bounded by how large that may be (`largest`).
"""

from collections.abc import Iterator
from typing import Final

from sqlglot import exp

from contextfs.kit.errors import Invalid

_SOUGHT: Final = 1_000
"""Bytes of what is sought, where the query does not write it out."""
_SLOW: Final = (
    *(exp.Translate, exp.Trim, exp.ArrayOverlaps, exp.ArrayContainsAll, exp.ArrayContainedBy),
    *(exp.JSONBContainsAnyTopKeys, exp.JSONBContainsAllTopKeys),
)
_FAST: Final = (exp.StrPosition, exp.SplitPart, exp.StringToArray, exp.Replace, exp.Like, exp.ILike)
_KEYS: Final = (exp.Sub,)
"""Keys are taken from JSON by the sign that takes numbers and moments from each other."""
_LARGEST: Final = 16_000_000
"""Bytes that no value has which is stored, or put together by a query: it need not be looked at for these."""
_TOLD: Final = (exp.Literal, exp.Array, exp.Paren, exp.Cast, exp.DataType, exp.Neg)
"""What a query that writes out what it seeks consists of there."""
_DIALECT: Final = "postgres"
_STEPS: Final = {**dict.fromkeys(_SLOW, 100_000_000), **dict.fromkeys(_FAST + _KEYS, 1_000_000_000)}
"""Of all that seeks in one row, by how long a step takes: some 3 s for each of the three."""
_RECKONING: Final = (exp.Mul, exp.Div, exp.Mod, exp.Pow, exp.Sqrt, exp.Exp, exp.Ln, exp.Log)
_RECKONED: Final = 8
"""How often a query may reckon with numbers of any length, which have up to 147,455 digits: some 2 s."""
_DIGITS: Final = 4_000_000_000
"""Steps of all that is reckoned in one row, where that is more often: a product takes the square of its length."""
_READ: Final = 8_000_000_000
"""Bytes that all functions of one row may go through."""

Bound = tuple[exp.Expr, str, int]
"""A part of a query, the function that bounds it, and how many bytes it may have.

`limited` is told the kind of a value by Postgres, and costs nothing where that kind seeks nothing."""


def hurried(tree: exp.Query) -> list[Bound]:
    """Give the parts of a checked query that are bounded so that no row of it takes long."""
    return [*_seeking(tree), *_reckoning(tree)]


def largest(tree: exp.Query, wanted: int) -> int:
    """Give how large a thing may be that all functions of a query may be given."""
    return min(wanted, _READ // max(1, sum(1 for _ in tree.find_all(exp.Func, exp.Binary))))


def _seeking(tree: exp.Query) -> Iterator[Bound]:
    for kinds in (_SLOW, _FAST, _KEYS):
        found = [(node, sought) for node in tree.find_all(*kinds) if (sought := _sought(node)) is not None]
        for node, sought in found:
            is_told = all(isinstance(part, _TOLD) for part in sought.walk())
            length = len(sought.sql(_DIALECT).encode()) if is_told else _SOUGHT
            may_cost_nothing = isinstance(node, exp.Sub) or (is_told and isinstance(node, exp.Like | exp.ILike))
            bound = "limited" if may_cost_nothing else "weighed"
            if not is_told:
                yield sought, bound, _SOUGHT
            most = _STEPS[type(node)] // length // len(found)
            is_written_out = isinstance(node.this, exp.Literal)  # its kind Postgres tells from the other side
            if most < _LARGEST and not is_written_out:
                yield node.this, bound, most


def _sought(node: exp.Expr) -> exp.Expr | None:
    """Give what a function seeks, which stands behind what it seeks in."""
    names = (name for name in ("substr", "delimiter", "from_", "expression") if node.args.get(name))
    found = next((node.args[name] for name in names), None)
    if isinstance(found, exp.Any | exp.All):
        found = found.this.unnest()
        if isinstance(found, exp.Query | exp.Subquery | exp.Values | exp.Table):
            raise Invalid("Write array(select …) in place of the rows that it is like.", where="$.query")
    return found


def _reckoning(tree: exp.Query) -> Iterator[Bound]:
    found = list(tree.find_all(*_RECKONING))
    if len(found) > _RECKONED:
        most = int(2 * (_DIGITS / len(found)) ** 0.5)
        yield from (
            (part, "limited", most)
            for node in found
            for part in (node.this, node.args.get("expression"))
            if part is not None
        )
