"""Lexicons: in how many passages of a large organization each word stands, counted now and then.

A search that counts by itself reads hundreds of passages for each of its words, to learn what hardly changes. Each
lexicon is of one part of an organization: what is nobody's alone in a project, or what is private to one reader there.
So a search asks those of the projects and the reader that it is for, and learns nothing of what others keep to
themselves.
"""

from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql

from contextfs.kit.errors import Unavailable
from contextfs.kit.sql import load

SMALL = 3_000
"""Passages of an organization up to which search counts by itself; `find_passages` has the same number."""

FEWEST = 1_000
"""Passages of a part that is worth a lexicon."""

LOCK = 0x_C07E_F7
"""The advisory lock that who counts words holds."""
_SQL = load("contextfs.adapters.database", "lexicons.sql")


def keep_lexicons(url: str) -> list[str]:
    """Count the words of what became large, changed by a tenth, or was counted a week ago; tells what was counted.

    `url` is of the role that owns the tables. Each part is a transaction of its own, which reads it whole: a million
    passages take some ten seconds. Unavailable when the server cannot be reached, or when somebody else is at it.
    """
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            _run(connection, "session")
            if _run(connection, "alone", LOCK).fetchone() != (True,):
                raise Unavailable("Somebody else is counting words: leave it to them.")
            done = _keep(connection)
            _run(connection, "let_go")
            return done
    except psycopg.Error as error:
        told = str(error).strip().split("\n", 1)[0]
        raise Unavailable(f"The words could not be counted: {told}. Run it again.") from error


def are_due(url: str) -> bool:
    """Tell whether words are to be counted, as the owner of the tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        return _run(connection, "stale", SMALL, FEWEST).fetchone() is not None


def _keep(connection: psycopg.Connection[Any]) -> list[str]:
    done: list[str] = []
    for org, project, reader in _run(connection, "stale", SMALL, FEWEST).fetchall():
        with connection.transaction():
            _run(connection, "claim", org)
            row = _run(connection, "count", project, reader, SMALL, FEWEST).fetchone()
        done.append(f"counted {row[0] if row else 0:,} passages of {project}")
    if done:
        _run(connection, "analyze")
    return done


def _run(connection: psycopg.Connection[Any], name: str, *values: Any) -> psycopg.Cursor[Any]:
    return connection.execute(sql.SQL(cast("LiteralString", _SQL[name])), values or None)
