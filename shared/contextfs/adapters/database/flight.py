"""Statements to the server, several in one packet, and their answers in one: libpq's pipeline mode.

The driver's own pipeline sends each statement by itself as soon as it is given: a system call for each, and the server
is woken for each. Here all are written first; and one alone takes a fifth less of the time of the driver's cursor. This
neither begins nor ends transactions: it carries what does.

https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import NamedTuple

import psycopg
from psycopg import generators, pq
from psycopg.abc import Buffer, PQGen
from psycopg.abc import Transformer as Adapting
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.rows import RowFactory, dict_row

from contextfs.kit.ports import Parameters, Row

Statement = tuple[str, Parameters | None]
_Kind = tuple[bytes, tuple[int, ...]]
"""What a statement is prepared as: its text, and the types of its values."""

_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
_DONE = pq.ExecStatus.COMMAND_OK
_ROWS = pq.ExecStatus.TUPLES_OK
_MOST_PREPARED, _MOST_SEEN = 500, 5_000


class Connection(psycopg.Connection[Row]):
    """A connection that knows which statements of its flights the server has prepared."""

    prepares = True
    """Whether what is prepared is there in the next transaction: no proxy gives that another server's session."""

    def __init__(self, pgconn: pq.abc.PGconn, row_factory: RowFactory[Row] = dict_row) -> None:
        super().__init__(pgconn, row_factory)
        self.seen: Counter[_Kind] = Counter()
        self.prepared: dict[_Kind, bytes] = {}
        self.names = count()


class Answer(NamedTuple):
    """What the server said to a statement: its command tag, its rows, and how many it touched."""

    tag: bytes | None
    rows: list[Row]
    touched: int

    @property
    def row(self) -> Row | None:
        """The first row, or None."""
        return self.rows[0] if self.rows else None


class _Written(NamedTuple):
    text: bytes
    values: Sequence[Buffer | None]
    types: tuple[int, ...]
    forms: Sequence[pq.Format]
    adapting: Adapting


def fly(connection: Connection, statements: Sequence[Statement]) -> list[Answer]:
    """Run statements in one round trip. The error of the first that fails is raised; those behind it are not run."""
    written = [_written(connection, query, parameters) for query, parameters in statements]
    pgconn = connection.pgconn
    try:
        pgconn.enter_pipeline_mode()
        fresh = [_send(connection, one) for one in written]
        pgconn.pipeline_sync()
        results = connection.wait(_answers(pgconn))
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    except BaseException:
        connection.close()  # what was sent and what was read are not in step any more
        raise
    return _told(connection, written, fresh, results)


def _written(connection: Connection, query: str, parameters: Parameters | None) -> _Written:
    text, names = (query.encode(), ()) if parameters is None else _numbered(query)
    adapting = Transformer(connection)
    values = adapting.dump_sequence([(parameters or {})[name] for name in names], [PyFormat.AUTO] * len(names))
    return _Written(text, values, adapting.types or (), adapting.formats or (), adapting)


@cache
def _numbered(query: str) -> tuple[bytes, tuple[str, ...]]:
    """Number the parameters of a statement, as the protocol does; gives their names in that order."""
    places: dict[str, int] = {}

    def number(place: re.Match[str]) -> str:
        return f"${places.setdefault(place[1], len(places) + 1)}" if place[1] else "%"

    return _PLACE.sub(number, query).encode(), tuple(places)


def _send(connection: Connection, one: _Written) -> bytes | None:
    """Write a statement; it is prepared when it comes for the second time. Gives its name where that is now."""
    kind = one.text, one.types
    name, fresh = connection.prepared.get(kind), None
    if name is None and _comes_again(connection, kind):
        name = fresh = b"flight_%d" % next(connection.names)
        connection.pgconn.send_prepare(fresh, one.text, one.types)
    if name is None:
        connection.pgconn.send_query_params(one.text, one.values, one.types, one.forms)
    else:
        connection.pgconn.send_query_prepared(name, one.values, one.forms)
    return fresh


def _comes_again(connection: Connection, kind: _Kind) -> bool:
    """Tell whether to prepare a statement: no single word (begin), nor one that a new column of a table would break."""
    if not connection.prepares or b" " not in kind[0] or b"*" in kind[0]:
        return False
    if len(connection.prepared) >= _MOST_PREPARED:
        return False
    if len(connection.seen) >= _MOST_SEEN:
        connection.seen.clear()
    connection.seen[kind] += 1
    return connection.seen[kind] > 1


def _answers(pgconn: pq.abc.PGconn) -> PQGen[list[pq.abc.PGresult]]:
    """Read one result for each command, until the flight or the connection is at its end."""
    yield from generators.send(pgconn)
    results: list[pq.abc.PGresult] = []
    while (some := (yield from generators.fetch_many(pgconn))) and some[-1].status != pq.ExecStatus.PIPELINE_SYNC:
        results.append(some[-1])
    return results


def _told(
    connection: Connection, written: Sequence[_Written], fresh: Sequence[bytes | None], results: list[pq.abc.PGresult]
) -> list[Answer]:
    answers: list[Answer] = []
    coming = iter(results)
    for one, name in zip(written, fresh, strict=True):
        if name is not None and _right(connection, next(coming, None)).status == _DONE:
            connection.prepared[one.text, one.types] = name
        result = _right(connection, next(coming, None))
        answers.append(Answer(result.command_status, _rows(one.adapting, result), result.command_tuples or 0))
    return answers


def _right(connection: Connection, result: pq.abc.PGresult | None) -> pq.abc.PGresult:
    """Give a result that is none of an error."""
    if result is None:
        raise psycopg.OperationalError("the connection was lost")
    if result.status not in {_DONE, _ROWS}:
        raise error_from_result(result, encoding=connection.info.encoding)
    return result


def _rows(adapting: Adapting, result: pq.abc.PGresult) -> list[Row]:
    if result.status != _ROWS or not result.ntuples:
        return []
    adapting.set_pgresult(result)
    names = [(result.fname(place) or b"").decode() for place in range(result.nfields)]
    return adapting.load_rows(0, result.ntuples, lambda values: dict(zip(names, values, strict=False)))
