"""A query as the planner reckons what it costs: with a parameter in place of each constant.

Statistics of Postgres are of all rows of the server. With a constant before it the planner looks there how common that
very value is, also where only others have it; with a parameter it takes any value for as common as another one
("generic plan", https://www.postgresql.org/docs/current/sql-prepare.html). The time of the call is a constant to it,
too. What counts rows and is compared with nothing stays: LIMIT, and what functions that give rows are given.
"""

from collections.abc import Iterator
from typing import Final

from sqlglot import exp

from contextfs.domain.sql.bounds import is_row
from contextfs.domain.sql.views import NOW
from contextfs.kit.ports import GenericQuery

_DIALECT: Final = "postgres"
_CONSTANTS: Final = {
    exp.Interval: "interval",
    exp.CurrentTimestamp: "timestamptz",
    exp.CurrentDate: "date",
    exp.Boolean: "bool",
}
_EMPTY: Final[dict[type[exp.Expr], str]] = {exp.Array: "unknown", exp.MakeInterval: "interval"}
_EMPTY_WORDS: Final = {"jsonb_build_array": "jsonb", "jsonb_build_object": "jsonb", "row": "record"}
"""What Postgres makes a value of that is given nothing, and of what type that is."""
_COUNTING: Final = (
    *(exp.Limit, exp.LimitOptions, exp.Offset, exp.Fetch, exp.DataType),
    *(exp.Unnest, exp.Explode, exp.ExplodingGenerateSeries, exp.GenerateSeries),
)
"""What says how many rows there are, or how long a type is. Postgres puts no value of rows in the place of a column."""
_LISTING: Final = (exp.Tuple, exp.Paren, exp.Rollup, exp.Cube, exp.GroupingSets)
_BY_NUMBER: Final = (exp.Ordered, exp.Group, exp.Distinct)
_OF_ANY_KIND: Final = (exp.Concat, exp.ConcatWs, exp.JSONBObjectAgg, exp.Count)
_WORDS_OF_ANY_KIND: Final = frozenset({"jsonb_build_array", "jsonb_build_object", "row"})
"""What takes values of any kind: a text that is written there is a text, and a parameter would be nothing."""
_INT4: Final = 2**31
_INT8: Final = 2**63


def generic(tree: exp.Query) -> GenericQuery:
    """Give a guarded query with parameters, and the type of each; the tree is another one from then on.

    A constant is one parameter wherever it stands in the same expression of one SELECT: Postgres compares what rows are
    grouped by with what is told of them.
    """
    numbers: dict[tuple[int, int, int], int] = {}
    kinds: list[str] = []
    places = [(node, (id(query), hash(node.parent), hash(node))) for node, query in _constants(tree)]
    for node, place in places:
        if place not in numbers:
            kinds.append(_kind(node))
            numbers[place] = len(kinds)
    for node, place in places:
        _put(node, exp.Parameter(this=exp.Literal.number(numbers[place])))
    return GenericQuery(tree.sql(_DIALECT, comments=False, copy=False), tuple(kinds))


def _constants(tree: exp.Query) -> Iterator[tuple[exp.Expr, exp.Query]]:
    """Give each constant, and the query that it stands in.

    What Postgres reckons before it plans begins with one of these: a text of a type of another length is no constant
    where the text is none.
    """
    waiting: list[tuple[exp.Expr, exp.Query]] = [(tree, tree)]
    while waiting:
        node, query = waiting.pop()
        if _is_constant(node):
            yield node, query
        else:
            inner = node if isinstance(node, exp.Query) else query
            waiting += [(part, inner) for part in _within(node)]


def _is_constant(node: exp.Expr) -> bool:
    if isinstance(node, exp.Literal):
        return not (node.is_int and _is_by_number(node))
    if isinstance(node, exp.Boolean):
        return not isinstance(node.parent, exp.Join)  # of `on true` nothing can be made, and `full join` needs it
    if isinstance(node, exp.Null) or _of_nothing(node):
        return True
    return isinstance(node, tuple(_CONSTANTS)) and not node.find(exp.Column)


def _of_nothing(node: exp.Expr) -> str | None:
    """Give the type of what makes a value of nothing."""
    if isinstance(node, exp.Anonymous):
        return None if node.expressions else _EMPTY_WORDS.get(node.name.lower())
    return None if next(node.iter_expressions(), None) else _EMPTY.get(type(node))


def _within(node: exp.Expr) -> list[exp.Expr]:
    """Give the parts of a node in which constants are looked for."""
    if isinstance(node, _COUNTING):
        inner = node.walk(prune=lambda one: isinstance(one, exp.Query))
        return [one for one in inner if isinstance(one, exp.Query)]
    if isinstance(node, exp.Dot) and node.this.name == NOW:
        return node.expression.expressions[:-1]  # the last is the number of the bound
    if isinstance(node, exp.Is | exp.Initcap):
        return [node.this]  # behind it stands a word of the language, or what the parser adds of its own
    return [*node.iter_expressions()]


def _put(node: exp.Expr, parameter: exp.Parameter) -> None:
    """Put a parameter in the place of a constant; to put them one by one into a list the library goes through it all.

    Nothing else of the tree is looked at from then on than how it is written.
    """
    around, key = node.parent, node.arg_key
    if around is None or key is None:
        return
    if node.index is None:
        around.args[key] = parameter
    else:
        around.args[key][node.index] = parameter
    parameter.parent, parameter.arg_key, parameter.index = around, key, node.index


def _is_by_number(node: exp.Expr) -> bool:
    """Tell whether a number names a column by its place."""
    around = node.parent
    while isinstance(around, _LISTING):
        around = around.parent
    return isinstance(around, _BY_NUMBER)


def _kind(node: exp.Expr) -> str:
    if isinstance(node, exp.Null) or (isinstance(node, exp.Literal) and node.is_string):
        return "text" if _is_of_any_kind(node.parent) else "unknown"
    if isinstance(node, exp.Literal):
        size = int(node.name) if node.is_int else _INT8
        return "int4" if size < _INT4 else "int8" if size < _INT8 else "numeric"
    return _of_nothing(node) or next(kind for type_, kind in _CONSTANTS.items() if isinstance(node, type_))


def _is_of_any_kind(around: exp.Expr | None) -> bool:
    while isinstance(around, exp.Paren):
        around = around.parent
    if isinstance(around, exp.Is):
        return isinstance(around.expression, exp.Null)
    if isinstance(around, exp.Anonymous):
        return around.name.lower() in _WORDS_OF_ANY_KIND
    return isinstance(around, _OF_ANY_KIND) or (isinstance(around, exp.Tuple) and is_row(around))
