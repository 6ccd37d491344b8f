"""What may be asked: one SELECT, over the documented views, by functions that only compute.

A query is read into a tree (sqlglot), every node of which must be of a kind that is listed in `names.py`. It is written
anew, every name in quotes, so that none is a word of the language, and every view with its schema, so that it is found
nowhere else; and what was written is read and checked once more: that is what runs, never the text that came in. It is
the outer wall; inside it the database itself lets the role that runs the query see nothing but what its signed claims
allow.
"""

import re
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from contextfs.domain.sql.bounds import bounded
from contextfs.domain.sql.columns import check_columns, name_rows
from contextfs.domain.sql.generic import generic
from contextfs.domain.sql.names import CASTS, FUNCTIONS, NODES, RESERVED, WORDS
from contextfs.domain.sql.tables import qualified, stored
from contextfs.domain.sql.views import NOW, VIEWS
from contextfs.kit.errors import Invalid
from contextfs.kit.ports import GenericQuery

_DIALECT = "postgres"
_ONE_SELECT = "Write one SELECT: nothing is changed here."
_LONGEST_SHOWN = 60
_WORD = re.compile(r"[A-Za-z_]+[0-9]*", re.ASCII)
_LONGEST_TYPE = 1000
_LONGEST_NAME = 63
"""In bytes. Postgres cuts a longer one off there, and two names would be one that were told apart here."""


class Guarded(NamedTuple):
    """A query as it is run, and as the planner reckons what it costs."""

    text: str
    generic: GenericQuery


def guarded(query: str, schema: str = NOW) -> Guarded:
    """Give a query as it is run, over the views of `schema`, with bounds of what it builds written into it.

    Invalid says what is not to be had, and what is.
    """
    try:
        written = _written(qualified(_checked(query), schema))
        tree = bounded(_checked(written, schema))
        return Guarded(_written(tree), generic(tree))
    except RecursionError:
        raise Invalid("The query is nested too deeply: write it flatter.", where="$.query") from None
    except SqlglotError as error:
        raise Invalid(_plain(error), where="$.query") from None


def _checked(query: str, schema: str = "") -> exp.Query:
    """Read a query whose every part is listed; its names are folded and in quotes from then on."""
    tree = name_rows(_quoted(_one(query)))
    for node in tree.walk():
        _check(node)
    for table in stored(tree):
        _check_table(table, schema)
    check_columns(tree)
    return tree


def _one(query: str) -> exp.Query:
    statements = [one for one in sqlglot.parse(query, dialect=_DIALECT) if one is not None]
    if "\x00" in query or len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Invalid(_ONE_SELECT, where="$.query")
    return statements[0]


def _quoted(tree: exp.Query) -> exp.Query:
    for name in tree.find_all(exp.Identifier):
        if not name.args.get("quoted"):
            name.set("this", name.name.lower())
            name.set("quoted", True)  # noqa: FBT003 - the parser's own way to set a part
        if len(name.name.encode()) > _LONGEST_NAME:
            raise Invalid(f"A name has up to {_LONGEST_NAME} bytes here: shorten {_shown(name.name)}.", where="$.query")
    return tree


def _written(tree: exp.Query) -> str:
    return tree.sql(dialect=_DIALECT, comments=False, unsupported_level=ErrorLevel.RAISE)


def _check(node: exp.Expr) -> None:
    if isinstance(node, exp.CTE):
        _check_own(node)
    elif isinstance(node, exp.DataType | exp.DataTypeParam):
        _check_type(node)
    elif isinstance(node, exp.Var):
        if not _WORD.fullmatch(node.name):  # it is written as it stands, without quotes
            raise Invalid(f"{_shown(node.name)} is not a word that can be there.", where="$.query")
    elif isinstance(node, exp.Array) and _loses(node):
        raise Invalid("A list that begins with a query would lose the rest: write (select …)::text.", where="$.query")
    elif isinstance(node, exp.Anonymous):
        if node.name.lower() not in WORDS:
            raise Invalid(f"The function {_shown(node.name)} is not to be had here.", where="$.query")
    elif type(node) not in FUNCTIONS and type(node) not in NODES:
        raise Invalid(f"{_shown(node.sql(_DIALECT))} is not to be had here: {_kind(node)}.", where="$.query")


def _loses(node: exp.Array) -> bool:
    """Tell whether a list would be written as the rows of its first query: the writer looks at no more than that."""
    return len(node.expressions) > 1 and isinstance(node.expressions[0], exp.Query)


def _check_type(node: exp.DataType | exp.DataTypeParam) -> None:
    """Let a listed type pass, and a short one: `char(10000000)` makes much of little."""
    if isinstance(node, exp.DataType):
        if node.this not in CASTS:
            raise Invalid(f"The type {_shown(node.sql(_DIALECT))} is not to be had here.", where="$.query")
    elif not node.this.is_int or int(node.this.name) > _LONGEST_TYPE:
        raise Invalid(f"The length of a type is a number up to {_LONGEST_TYPE} here.", where="$.query")


def _check_own(cte: exp.CTE) -> None:
    if cte.alias.startswith(RESERVED):
        raise Invalid(
            f"Postgres keeps names that begin with {RESERVED}: call {cte.alias} something else.", where="$.query"
        )


def _check_table(table: exp.Table, schema: str) -> None:
    """Let a documented view pass; what came in names it without a schema, what is run with the one of the views."""
    if table.db != schema or table.catalog or table.name not in VIEWS:
        shown = _shown(".".join(part.name for part in table.parts))
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
