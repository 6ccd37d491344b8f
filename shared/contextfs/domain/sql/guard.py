"""What may be asked: one SELECT, over the documented views, by functions that only compute.

A query is read into a tree (sqlglot), every node of it must be of a kind that is listed in `names.py`, and what runs is
the tree written anew: never the text that came in. It is the outer wall; inside it the database itself lets the role
that runs the query see nothing but what its signed claims allow.
"""

from collections.abc import Iterable

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from contextfs.domain.sql.names import CASTS, FUNCTIONS, NODES, WORDS
from contextfs.domain.sql.views import VIEWS
from contextfs.kit.errors import Invalid

_DIALECT = "postgres"
_ONE_SELECT = "Write one SELECT: nothing is changed here."
_LONGEST_SHOWN = 60


def guarded(query: str) -> str:
    """Give a query as it is run; Invalid says what is not to be had, and what is."""
    try:
        statements = [one for one in sqlglot.parse(query, dialect=_DIALECT) if one is not None]
    except RecursionError:
        raise Invalid("The query is nested too deeply: write it flatter.", where="$.query") from None
    except SqlglotError as error:
        raise Invalid(_plain(error), where="$.query") from None
    if "\x00" in query or len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Invalid(_ONE_SELECT, where="$.query")
    [tree] = statements
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for node in tree.walk():
        _check(node, own)
    return tree.sql(dialect=_DIALECT, comments=False)


def _check(node: exp.Expr, own: Iterable[str]) -> None:
    if isinstance(node, exp.Table):
        _check_table(node, own)
    elif isinstance(node, exp.Anonymous):
        if node.name.lower() not in WORDS:
            raise Invalid(f"The function {_shown(node.name)} is not to be had here.", where="$.query")
    elif isinstance(node, exp.DataType):
        if node.this not in CASTS:
            raise Invalid(f"The type {_shown(node.sql(_DIALECT))} is not to be had here.", where="$.query")
    elif type(node) in FUNCTIONS or type(node) in NODES:
        return
    else:
        raise Invalid(f"{_shown(node.sql(_DIALECT))} is not to be had here: {_kind(node)}.", where="$.query")


def _check_table(table: exp.Table, own: Iterable[str]) -> None:
    """Let a documented view pass, a name that the query itself gave, and a function that gives rows."""
    if isinstance(table.this, exp.Func):
        return
    quoted = bool(getattr(table.this, "quoted", False))
    name = table.name if quoted else table.name.lower()
    if table.db or table.catalog or (name not in VIEWS and name not in own):
        shown = _shown(table.sql(_DIALECT, comments=False))
        raise Invalid(f"There is no view {shown}: there are {', '.join(VIEWS)}.", where="$.query")


def _kind(node: exp.Expr) -> str:
    named = "this function is not listed" if isinstance(node, exp.Func) else "only what a plain SELECT needs is"
    return f"{named} ({type(node).__name__})"


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"


def _plain(error: SqlglotError) -> str:
    """Say in one line what cannot be read."""
    first = str(error).partition("\n")[0].replace("\x1b[4m", "").replace("\x1b[0m", "")
    return f"This cannot be read as SQL: {first.rstrip('.')}."
