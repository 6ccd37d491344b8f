"""How much a query may build: what makes much of little is put between functions of the database that look at sizes.

What is joined (`||`, `concat`, lists, rows, JSON, casts to them) is weighed by itself, and so is what many functions
give back each in memory of its own (`left`, `max`), and what would take long (`steps.py`); of what replaces or spreads
a text is told how long it may become; what gathers rows (aggregates, `union` that recurs, lists of rows) spends of one
amount that all of a query shares. The functions are those of the migration `pre_sql_bounds`. It does not bound what
Postgres sorts and hashes: settings of the connection, and where it can the kernel, do.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from sqlglot import exp

from contextfs.domain.sql.steps import hurried, largest
from contextfs.domain.sql.views import NOW
from contextfs.kit.errors import Invalid

_JOINED: Final = 128_000_000
"""Bytes of all that is joined in one row: each place has its part of it."""
_LARGEST: Final = 16_000_000
"""Bytes of one thing that is joined: more than anything stored has."""
_GATHERED: Final = 32_000_000
"""Bytes of all that one query gathers."""
_RECURRED: Final = 8_000_000
"""Bytes of all when rows of a recursion are gathered: Postgres takes several times what each has."""
_SHORT: Final = 32
"""Characters of a text in a query that are not weighed."""
_T = exp.DataType.Type

_COPIES: Final = 8
"""How often what is as large as can be may be copied in one row: what copies more often is weighed, too."""

_JOINS: Final = (
    *(exp.DPipe, exp.Concat, exp.ConcatWs, exp.Array, exp.ArrayAppend, exp.ArrayConcat, exp.Translate, exp.Tuple),
    *(exp.StringToArray, exp.TimeToStr, exp.RegexpReplace, exp.Replace, exp.ArrayToString),
)
_JOINING_WORDS: Final = frozenset(
    {
        *("row", "to_jsonb", "jsonb_build_array", "jsonb_build_object", "regexp_match", "regexp_matches"),
        *("regexp_split_to_array", "regexp_split_to_table"),
    }
)
_COPYING: Final = (
    *(exp.Lower, exp.Upper, exp.Initcap, exp.Substring, exp.Left, exp.Right, exp.Trim, exp.SplitPart, exp.Reverse),
    *(exp.Min, exp.Max, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue, exp.ArrayRemove),
    *(exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar),
)
_COPYING_WORDS: Final = frozenset({"jsonb_extract_path_text", "jsonb_strip_nulls"})
_PASSING: Final = (
    *(exp.Column, exp.Paren, exp.Subquery, exp.Coalesce, exp.Case, exp.Nullif, exp.Greatest, exp.Least, exp.Cast),
    exp.Bracket,
)
"""What may be as large as what it is given, and is not copied until it is kept in a row."""
_GATHERS: Final = (exp.GroupConcat, exp.ArrayAgg, exp.JSONArrayAgg, exp.JSONBObjectAgg)
_GATHERING_WORDS: Final = frozenset({"jsonb_agg"})
_LISTING: Final = (exp.In, exp.Values, exp.Group, exp.GroupingSets, exp.Cube, exp.Rollup)
"""Around these, `(a, b)` is no row: they list columns, or what is compared one by one."""
_INTO: Final = frozenset({_T.JSON, _T.JSONB, _T.ARRAY})


def bounded(tree: exp.Query) -> exp.Query:
    """Give a checked query with its bounds written into it; Invalid where none can be."""
    gathering, recurring, hurrying = [*_gathering(tree)], [*_recurring(tree)], hurried(tree)
    gathered, biggest = largest(tree, _GATHERED), largest(tree, _LARGEST)
    joins = [node for node in tree.walk() if _joins(node)]
    copied = [*_copied(tree)]
    many = copied if len(copied) > _COPIES else []
    most = min(biggest, _JOINED // max(1, sum(len(_parts(node)) for node in joins) + len(many)))
    for node in joins:
        _bound_join(node, most)
    for part in {id(part): part for part in many if not isinstance(part, exp.Literal)}.values():
        _put(part, "weighed", most)
    for part in gathering:
        _put(part, "gathered", gathered)
    for part in recurring:
        _put(part, "gathered", min(gathered, _RECURRED))
    for part, function, bytes_ in hurrying:
        _put(part, function, min(most, bytes_))
    return tree


def _joins(node: exp.Expr) -> bool:
    if isinstance(node, exp.Cast):
        return node.to.this in _INTO and not isinstance(node.this, exp.Array)  # its parts are weighed, and typed by it
    if isinstance(node, exp.Array):
        return not _rows_of(node)
    if isinstance(node, exp.Tuple):
        return is_row(node)
    return isinstance(node, _JOINS) or (isinstance(node, exp.Anonymous) and node.name.lower() in _JOINING_WORDS)


def is_row(node: exp.Tuple) -> bool:
    """Tell whether `(a, b)` is a row that is made; of a list of groups, or of two that are compared, none is."""
    around = node.parent
    if isinstance(around, exp.Binary):
        return not (isinstance(around.this, exp.Tuple) and isinstance(around.expression, exp.Tuple))
    while isinstance(around, exp.Tuple):
        around = around.parent
    return node.arg_key != "on" and not isinstance(around, _LISTING)


def _copied(tree: exp.Query) -> Iterator[exp.Expr]:
    """Give what is given back, whole or in part, each time in memory of its own; once for each time."""
    for node in tree.walk():
        if isinstance(node, exp.WithinGroup):
            times = _asked(node.this.this) if isinstance(node.this, exp.PercentileDisc) else 1
            yield from times * [node.expression.expressions[0].this]
        elif isinstance(node, _COPYING) or (isinstance(node, exp.Anonymous) and node.name.lower() in _COPYING_WORDS):
            part = next(node.iter_expressions())
            yield part.expressions[0] if isinstance(part, exp.Distinct) else part
        elif isinstance(node, exp.Select):
            yield from _repeated(node)


def _repeated(query: exp.Select) -> Iterator[exp.Expr]:
    """Give what a SELECT tells of a column that it tells of several times: rows that are kept hold it as often."""
    told = [part for part in _told(query) if isinstance(part, _PASSING)]
    named = [{column.name for column in part.find_all(exp.Column)} for part in told]
    often = Counter(name for names in named for name in names)
    several = [part for part, names in zip(told, named, strict=True) if any(often[name] > 1 for name in names)]
    yield from several
    if query.args.get("distinct") and (order := query.args.get("order")):  # what it is ordered by has to be the same
        yield from (one.this for one in order.expressions if one.this in several)


def _asked(part: exp.Expr) -> int:
    """Count the numbers that are written there: for each there is a value, which may be as large as any."""
    numbers = part.expressions if isinstance(part, exp.Array) else [part]
    if not all(one.is_number for one in numbers):
        shown = part.sql("postgres")[:60]
        raise Invalid(f"Write numbers in place of {shown}: there is a value for each.", where="$.query")
    return len(numbers)


def _bound_join(node: exp.Expr, most: int) -> None:
    """Bound what is joined by one node; what is put many times into a text has to be plain."""
    if isinstance(node, exp.Replace | exp.RegexpReplace):
        is_plain = isinstance(node, exp.Replace) and _is_plain(node.expression)
        found = node.expression if is_plain else exp.Null()  # then each place may be one
        _put(node.this, "grown", found, _plain(node.args.get("replacement") or exp.Literal.string("")), most)
    elif isinstance(node, exp.ArrayToString):
        _put(node.this, "spread", _plain(node.expression), most)
    else:
        if isinstance(node, exp.TimeToStr):
            _plain(node.args["format"])
        for part in _parts(node):
            _put(part, "weighed", most)


def _parts(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Cast):
        return [node.this]
    return [part for part in node.iter_expressions() if not isinstance(part, exp.DataType)]


def _gathering(tree: exp.Query) -> Iterator[exp.Expr]:
    """Give what is gathered: what aggregates are given, and rows that become a list."""
    for node in tree.walk():
        if isinstance(node, _GATHERS) or (isinstance(node, exp.Anonymous) and node.name.lower() in _GATHERING_WORDS):
            yield from _given(node)
        elif isinstance(node, exp.Array):
            for query in _rows_of(node):
                yield from _told(_outer(query))


def _recurring(tree: exp.Query) -> Iterator[exp.Expr]:
    """Give what a recursion with `union` tells: each row is kept, to be told once."""
    for node in tree.walk():
        if isinstance(node, exp.With) and node.recursive:
            for cte in node.expressions:
                if isinstance(cte.this, exp.Union) and cte.this.args.get("distinct"):
                    yield from _told(cte.this)


def _outer(query: exp.Query) -> exp.Query:
    """Put a query around one that tells each row once: what it is ordered by has to be what it tells."""
    if not isinstance(query, exp.Select) or not query.args.get("distinct"):
        return query
    column = exp.to_identifier("one", quoted=True)
    around = exp.select(exp.column(column.copy()))
    query.replace(around)
    rows = exp.TableAlias(this=exp.to_identifier("each", quoted=True), columns=[column])
    return around.from_(exp.Subquery(this=query, alias=rows), copy=False)


def _given(node: exp.Expr) -> Iterator[exp.Expr]:
    """Give what an aggregate is given, and what it is ordered by where that is the same: with DISTINCT it has to be."""
    for part in [*node.iter_expressions()]:
        own, orders = _ordered(part)
        inner = [*own.expressions] if isinstance(own, exp.Distinct) else [own]
        yield from inner
        yield from (one.this for one in orders if isinstance(own, exp.Distinct) and one.this in inner)


def _ordered(part: exp.Expr) -> tuple[exp.Expr, list[exp.Expr]]:
    return (part.this, part.expressions) if isinstance(part, exp.Order) else (part, [])


def _told(query: exp.Expr) -> Iterator[exp.Expr]:
    """Give what each SELECT of a query tells."""
    if isinstance(query, exp.Subquery):
        yield from _told(query.this)
    elif isinstance(query, exp.SetOperation):
        yield from _told(query.this)
        yield from _told(query.expression)
    elif isinstance(query, exp.Select):
        for told in query.expressions:
            yield told.this if isinstance(told, exp.Alias) else told


def _rows_of(node: exp.Array) -> list[exp.Query]:
    """Give the query whose rows a list is made of."""
    return [one for one in node.expressions[:1] if isinstance(one, exp.Query)]


def _plain(part: exp.Expr) -> exp.Expr:
    """Stop unless a part is plain: it is looked at twice, or makes much of itself."""
    if not _is_plain(part):
        shown = part.sql("postgres")[:60]
        raise Invalid(f"Write a text or a column in place of {shown}: it is put in many times.", where="$.query")
    return part


def _is_plain(part: exp.Expr) -> bool:
    if isinstance(part, exp.Chr):
        return all(isinstance(one, exp.Literal) for one in part.expressions)
    return isinstance(part, exp.Literal | exp.Null) or (isinstance(part, exp.Column) and not part.find(exp.Star))


def _put(part: exp.Expr, name: str, *more: exp.Expr | int) -> None:
    """Put a function around a part, unless it is too short to matter, or is no one value."""
    if isinstance(part, exp.Null | exp.Boolean | exp.Star | exp.Interval) or isinstance(part.this, exp.Star):
        return
    is_text = isinstance(part, exp.Literal) and part.is_string
    if isinstance(part, exp.Literal) and (not is_text or len(part.name) <= _SHORT):
        return
    given = [exp.Literal.number(one) if isinstance(one, int) else one.copy() for one in more]
    place = exp.Null()
    function = exp.Anonymous(this=name, expressions=[place, *given])
    bound = exp.Dot(this=exp.to_identifier(NOW, quoted=True), expression=function)
    is_named = isinstance(part, exp.Column) and isinstance(part.parent, exp.Select)
    part.replace(exp.alias_(bound, part.name, quoted=True, copy=False) if is_named else bound)
    place.replace(exp.cast(part, _T.TEXT) if is_text else part)
