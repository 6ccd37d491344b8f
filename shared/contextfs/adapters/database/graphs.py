"""Graphs: an approximate index (HNSW) over each generation of vectors that is too large to be compared whole.

Each is partial, over its generation alone. One graph over all tenants finds little for a small one, or walks through
everybody's vectors to do so (measured: recall 0.04, or 0.97 at a hundred times the time of comparing all). They are
made and dropped `concurrently`: nobody waits. Only the owner of the tables may make them.
"""

from collections.abc import Iterator
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
from psycopg import sql

from contextfs.kit.errors import Unavailable
from contextfs.kit.sql import load

LARGE = 10_000
"""Vectors up to which all are compared; `find_passages` has the same number."""

_MOST_DIMENSIONS = 4000
_PREFIX = "vectors_graph_"
LOCK = 0x_C07E_F6
"""The advisory lock that who makes graphs holds, and who migrates."""
_SQL = load("contextfs.adapters.database", "graphs.sql")


def keep_graphs(url: str, *, memory: str = "512MB") -> list[str]:
    """Make the graphs that are missing and drop those that nobody asks any more; tells what was done.

    `url` is of the role that owns the tables. `memory` is what one build may take: 1 GB holds about 700,000 vectors of
    384 dimensions; with less it takes several times as long. A build that was cut off is begun anew. Unavailable when
    the server cannot be reached, or when somebody else is at it, or migrates.
    """
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            _run(connection, "session")
            _run(connection, "memory", memory)
            held = _run(connection, "alone", LOCK).fetchone()
            if held != (True,):
                raise Unavailable("Somebody else is making graphs, or migrates: try later.")
            done = list(_keep(connection))
            _run(connection, "let_go")
            return done
    except psycopg.Error as error:
        told = str(error).strip().split("\n", 1)[0]
        raise Unavailable(f"The graphs could not be made: {told}. Run it again.") from error


def are_due(url: str) -> bool:
    """Tell whether a large generation lacks its graph, as the owner of the tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        return any(
            not graphed and dimensions <= _MOST_DIMENSIONS
            for _, dimensions, graphed in _run(connection, "large", LARGE).fetchall()
        )


def name_of(generation: UUID) -> str:
    """Name the graph of a generation."""
    return f"{_PREFIX}{generation.hex}"


def _keep(connection: psycopg.Connection[Any]) -> Iterator[str]:
    there: dict[str, bool] = dict(_run(connection, "there", _PREFIX).fetchall())
    wanted = [row for row in _run(connection, "large", LARGE).fetchall() if row[1] <= _MOST_DIMENSIONS]
    names = {name_of(generation) for generation, *_ in wanted}
    for name, is_whole in there.items():
        if name not in names or not is_whole:
            generation = UUID(name.removeprefix(_PREFIX))
            _run(connection, "withdraw", generation)
            connection.execute(_written("drop").format(name=sql.Identifier(name)))
            yield f"dropped {generation}"
    for generation, dimensions, is_noted in wanted:
        is_there = there.get(name_of(generation), False)
        if not is_there:
            _make(connection, generation, dimensions)
            yield f"made {generation}"
        if not (is_there and is_noted):
            _run(connection, "note", generation)


def _make(connection: psycopg.Connection[Any], generation: UUID, dimensions: int) -> None:
    made = _written("make").format(
        name=sql.Identifier(name_of(generation)),
        dimensions=sql.Literal(dimensions),
        generation=sql.Literal(generation),
    )
    connection.execute(made)


def _written(name: str) -> sql.SQL:
    """Give a statement in which names and constants are still to be set."""
    return sql.SQL(cast("LiteralString", _SQL[name]))


def _run(connection: psycopg.Connection[Any], name: str, *values: Any) -> psycopg.Cursor[Any]:
    return connection.execute(_written(name), values or None)
