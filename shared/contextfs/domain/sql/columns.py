"""Which columns may be named together with what they are of.

Postgres takes `n.pg_sleep` for a call of that function, where `n` is no table but the values of a function that gives
rows, and has no such column ("functional notation"). So such a name is followed by columns that the query declares
alone, and by itself where the function leaves it to the query how its one column is called; what is followed by a
column has to be named in the query, and rows that the query names not at all are named before it is run. Behind the
name of a table it takes what is no column for a function of a whole row, of which there are few.
"""

from collections.abc import Iterator

from sqlglot import exp

from contextfs.domain.sql.names import CALLED_AS_WANTED, OF_A_ROW, RESERVED
from contextfs.kit.errors import Invalid

_OF_ROWS = frozenset({"key", "value", "ordinality", "*"})
"""What functions that give rows call their columns themselves; Postgres has no function of these names."""


def name_rows(tree: exp.Query) -> exp.Query:
    """Name the rows of each function that have no name: how Postgres would call them is not for us to guess."""
    for source in _named(tree):
        if _is_of_function(source) and not source.alias:
            name = exp.to_identifier(_called(source), quoted=True)
            source.set("alias", exp.TableAlias(this=name))
    return tree


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
        if source in tables and (name in OF_A_ROW or name.startswith(RESERVED)):
            raise Invalid(f"{source}.{name} would call a function: name the column otherwise.", where="$.query")


def _sources(tree: exp.Query) -> tuple[set[str], dict[str, frozenset[str]]]:
    """Give the names of tables, and the names of rows of functions with the columns that each of that name has."""
    tables: set[str] = set()
    rows: dict[str, frozenset[str]] = {}
    for source in _named(tree):
        if _is_of_function(source):
            declared = frozenset(source.alias_column_names) or _undeclared(source)
            rows[source.alias] = rows.get(source.alias, declared) & declared
        else:
            tables.add(source.alias_or_name)
    return tables, rows


def _named(tree: exp.Query) -> Iterator[exp.Expr]:
    """Give what may have a name of its own. What LATERAL stands before has that of the LATERAL."""
    kinds = exp.Table, exp.Subquery, exp.Values, exp.Lateral, exp.Unnest, exp.CTE
    return (one for one in list(tree.find_all(*kinds)) if not isinstance(one.parent, exp.Lateral))


def _is_of_function(source: exp.Expr) -> bool:
    return isinstance(source, exp.Unnest) or isinstance(source.this, exp.Func)


def _undeclared(source: exp.Expr) -> frozenset[str]:
    """Give the column of rows whose columns the query does not declare: the name of the rows, or none that is sure.

    `jsonb_array_elements` calls its column `value` whatever its rows are called; two lists of `unnest` are two columns.
    """
    function = _function(source)
    one = not (isinstance(function, exp.Unnest) and len(function.expressions) > 1)
    return frozenset({source.alias}) if one and _called(source) in CALLED_AS_WANTED else frozenset()


def _function(source: exp.Expr) -> exp.Expr:
    return source if isinstance(source, exp.Unnest) else source.this


def _called(source: exp.Expr) -> str:
    """Give the name of a function as it is written."""
    return _function(source).sql("postgres").partition("(")[0].strip('"').lower()
