"""A query as the planner reckons what it costs: with a parameter in place of each constant.

Statistics of Postgres are of all rows of the server. With a constant before it the planner looks there how common that
very value is, also where only others have it; with a parameter it takes any value for as common as another one
("generic plan", https://www.postgresql.org/docs/current/sql-prepare.html). The time of the call is a constant to it,
too. What counts rows and is compared with nothing stays: LIMIT, and what functions that give rows are given.
"""

from collections.abc import Iterator
from typing import Final

import sqlglot
from sqlglot import exp

from contextfs.domain.sql.bounds import is_row
from contextfs.domain.sql.views import NOW
from contextfs.kit.ports import GenericQuery

_DIALECT: Final = "postgres"
_CONSTANTS: Final = {exp.Interval: "interval", exp.CurrentTimestamp: "timestamptz", exp.CurrentDate: "date"}
_COUNTING: Final = (
    *(exp.Limit, exp.LimitOptions, exp.Offset, exp.Fetch, exp.DataType),
    *(exp.Unnest, exp.Explode, exp.ExplodingGenerateSeries, exp.GenerateSeries),
)
"""What says how many rows there are, or how long a type is. Postgres puts no value of rows in the place of a column."""
_LISTING: Final = (exp.Tuple, exp.Paren, exp.Rollup, exp.Cube, exp.GroupingSets)
_BY_NUMBER: Final = (exp.Ordered, exp.Group, exp.Distinct)
_OF_ANY_KIND: Final = (exp.Concat, exp.ConcatWs, exp.JSONBObjectAgg, exp.Count, exp.Is)
_WORDS_OF_ANY_KIND: Final = frozenset({"jsonb_build_array", "jsonb_build_object", "row"})
"""What takes values of any kind: a text that is written there is a text, and a parameter would be nothing."""
_INT4: Final = 2**31
_INT8: Final = 2**63


def generic(query: str) -> GenericQuery:
    """Give a guarded query with parameters, and the type of each.

    A constant is one parameter wherever it stands in the same expression: Postgres compares what rows are grouped by
    with what is told of them.
    """
    tree = sqlglot.parse_one(query, dialect=_DIALECT)
    numbers: dict[tuple[int, int], int] = {}
    kinds: list[str] = []
    for node, place in [(one, (hash(one), hash(one.parent))) for one in _constants(tree)]:
        if place not in numbers:
            kinds.append(_kind(node))
            numbers[place] = len(kinds)
        node.replace(exp.Parameter(this=exp.Literal.number(numbers[place])))
    return GenericQuery(tree.sql(_DIALECT, comments=False), tuple(kinds))


def _constants(tree: exp.Expr) -> Iterator[exp.Expr]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if _is_constant(node):
            yield node
        else:
            waiting += _within(node)


def _is_constant(node: exp.Expr) -> bool:
    if isinstance(node, exp.Literal):
        return not (node.is_int and _is_by_number(node))
    return isinstance(node, tuple(_CONSTANTS)) and not node.find(exp.Column)


def _within(node: exp.Expr) -> list[exp.Expr]:
    """Give the parts of a node in which constants are looked for."""
    if isinstance(node, _COUNTING):
        inner = node.walk(prune=lambda one: isinstance(one, exp.Query))
        return [one for one in inner if isinstance(one, exp.Query)]
    if isinstance(node, exp.Dot) and node.this.name == NOW:
        return node.expression.expressions[:1]  # behind it stand the numbers of the bound
    return [*node.iter_expressions()]


def _is_by_number(node: exp.Expr) -> bool:
    """Tell whether a number names a column by its place."""
    around = node.parent
    while isinstance(around, _LISTING):
        around = around.parent
    return isinstance(around, _BY_NUMBER)


def _kind(node: exp.Expr) -> str:
    if not isinstance(node, exp.Literal):
        return next(kind for type_, kind in _CONSTANTS.items() if isinstance(node, type_))
    if node.is_string:
        return "text" if _is_of_any_kind(node.parent) else "unknown"
    size = int(node.name) if node.is_int else _INT8
    return "int4" if size < _INT4 else "int8" if size < _INT8 else "numeric"


def _is_of_any_kind(around: exp.Expr | None) -> bool:
    if isinstance(around, exp.Anonymous):
        return around.name.lower() in _WORDS_OF_ANY_KIND
    return isinstance(around, _OF_ANY_KIND) or (isinstance(around, exp.Tuple) and is_row(around))
