"""Which columns may be named together with what they are of.

Postgres takes `n.pg_sleep` for a call of that function, where `n` is no table but the values of a function that gives
rows, and has no such column ("functional notation"). So such a name is followed by columns that the query declares
alone; and what is followed by a column has to be named in the query.
"""

from collections.abc import Iterator

from sqlglot import exp

from contextfs.kit.errors import Invalid

_OF_ROWS = frozenset({"key", "value", "ordinality", "*"})
"""What functions that give rows call their columns themselves; Postgres has no function of these names."""


def check_columns(tree: exp.Query) -> None:
    """Refuse a column that Postgres might take for a function; Invalid says how to name it."""
    tables, rows = _sources(tree)
    for column in tree.find_all(exp.Column):
        source, name = column.table, column.name
        if column.args.get("db"):
            raise Invalid(f"Write {source}.{name}, without a schema.", where="$.query")
        if source in rows and name not in (rows[source] | _OF_ROWS):
            cure = f"declare it, `as {source}({name})`, or give what has it a name of its own"
            raise Invalid(f"The rows of a function that {source} names have no column {name}: {cure}.", where="$.query")
        if source and source not in rows and source not in tables:
            raise Invalid(f"Nothing is named {source} in this query: name it with `as`.", where="$.query")


def _sources(tree: exp.Query) -> tuple[set[str], dict[str, frozenset[str]]]:
    """Give the names of tables, and the names of rows of functions with the columns that each of that name has."""
    tables: set[str] = set()
    rows: dict[str, frozenset[str]] = {}
    for source in _named(tree):
        if _is_of_function(source):
            alias = source.alias or _called(source)
            declared = frozenset(source.alias_column_names) or frozenset({alias})
            rows[alias] = rows.get(alias, declared) & declared
        else:
            tables.add(source.alias_or_name)
    return tables, rows


def _named(tree: exp.Query) -> Iterator[exp.Expr]:
    return tree.find_all(exp.Table, exp.Subquery, exp.Values, exp.Lateral, exp.Unnest, exp.CTE)


def _is_of_function(source: exp.Expr) -> bool:
    return isinstance(source, exp.Unnest) or isinstance(source.this, exp.Func)


def _called(source: exp.Expr) -> str:
    """Give the name that Postgres gives to rows of a function that have none: that of the function."""
    function = source if isinstance(source, exp.Unnest) else source.this
    return function.sql("postgres").partition("(")[0].strip('"').lower()
