"""Statements to the server, several in one packet, and their answers in one: libpq's pipeline mode.

The driver's own pipeline sends each statement by itself as soon as it is given: a system call for each, and the server
is woken for each. Here all are written first; and one alone takes a fifth less of the time of the driver's cursor. What
departs is under way while something else is done, until it lands. This neither begins nor ends transactions: it carries
what does.

https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

import logging
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple, Self

import psycopg
from psycopg import generators, pq
from psycopg.abc import Buffer, PQGen
from psycopg.abc import Transformer as Adapting
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.rows import RowFactory, dict_row

from contextfs.adapters.database import refused
from contextfs.kit.digest import blake2b
from contextfs.kit.ports import Parameters, Row, Statement

_Kind = tuple[bytes, tuple[int, ...]]
"""What a statement is prepared as: its text, and the types of its values."""

_log = logging.getLogger(__name__)

_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
_DONE = pq.ExecStatus.COMMAND_OK
_ROWS = pq.ExecStatus.TUPLES_OK
_COPIES = {pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH}
_MOST_PREPARED, _MOST_SEEN = 500, 5_000


class Connection(psycopg.Connection[Row]):
    """A connection that knows which statements of its flights the server has prepared."""

    prepares = True
    """Whether what is prepared is there in the next transaction: no proxy gives that another server's session."""

    def __init__(self, pgconn: pq.abc.PGconn, row_factory: RowFactory[Row] = dict_row) -> None:
        super().__init__(pgconn, row_factory)
        self.seen: Counter[_Kind] = Counter()
        self.prepared: dict[_Kind, bytes] = {}
        self.flights: list[list[Answer]] = []
        """What is under way, in the order in which it departed."""
        self.hands = 0
        """How often it went from one user to another one."""

    @classmethod
    def connect(cls, conninfo: str = "", **given: Any) -> Self:
        """Connect. A pool does so where nobody hears what went wrong: it is logged, in words that quote no address."""
        try:
            return super().connect(conninfo, **given)
        except psycopg.Error as error:
            _log.warning("no connection to the database", extra=refused.why(error))
            raise

    @property
    def under_way(self) -> "list[Answer]":
        """All answers that have not landed."""
        return [one for flight in self.flights for one in flight]

    def taken_off(self, last: "Answer | None" = None) -> "list[list[Answer]]":
        """Give the flights up to that of an answer, or all: nobody waits for them a second time."""
        until = next((place for place, flight in enumerate(self.flights, 1) if last in flight), len(self.flights))
        taken, self.flights = self.flights[:until], self.flights[until:]
        for flight in taken:
            for one in flight:
                one.has_landed = True
        return taken

    def close(self) -> None:
        """Close it; what is under way comes to nothing."""
        self.taken_off()
        super().close()

    @cached_property
    def adapting(self) -> Adapting:
        """What writes values and reads rows: it knows the types of this connection that it has seen."""
        return Transformer(self)


class Answer:
    """What the server says to a statement; who asks for it before it has come waits for the landing.

    Its rows are read when they are asked for: a COMMIT behind it was first. By then the connection may be in the hands
    of somebody else, who reads rows with what it has for that: these are read by something of their own.
    """

    __slots__ = ("_connection", "_hands", "_result", "has_landed", "kind", "prepares")

    def __init__(self, connection: Connection, kind: _Kind, prepares: bytes | None) -> None:
        self._connection = connection
        self._hands = connection.hands
        self._result: pq.abc.PGresult | None = None
        self.kind = kind
        self.prepares = prepares
        """The name by which the statement is prepared from now on."""
        self.has_landed = False
        """Whether nothing comes any more: the connection may be somebody else's by now."""

    @property
    def result(self) -> pq.abc.PGresult:
        """What the driver gives of it; OperationalError where it never came."""
        if not self.has_landed:
            land(self._connection, self)
        if self._result is None:
            raise psycopg.OperationalError("this statement was not run: one before it failed, or the connection did")
        return self._result

    @property
    def tag(self) -> bytes | None:
        """The command's tag: `COMMIT`, `INSERT 0 1`."""
        return self.result.command_status

    @property
    def touched(self) -> int:
        """How many rows it touched."""
        return self.result.command_tuples or 0

    @property
    def rows(self) -> list[Row]:
        """Its rows; DataError where one cannot be read."""
        result, connection = self.result, self._connection
        adapting = connection.adapting if self._hands == connection.hands else Transformer(connection)
        if result.status != _ROWS or not result.ntuples:
            return []
        adapting.set_pgresult(result)
        names = [(result.fname(place) or b"").decode() for place in range(result.nfields)]
        rows = adapting.load_rows(0, result.ntuples, lambda values: dict(zip(names, values, strict=False)))
        adapting.set_pgresult(None)  # which would keep it until the next one comes
        return rows

    @property
    def row(self) -> Row | None:
        """The first row, or None."""
        return next(iter(self.rows), None)

    def come(self, result: pq.abc.PGresult) -> None:
        """Take what the server said."""
        self._result = result


class _Written(NamedTuple):
    text: bytes
    values: Sequence[Buffer | None]
    types: tuple[int, ...]
    forms: Sequence[pq.Format]


def depart(connection: Connection, statements: Sequence[Statement]) -> list[Answer]:
    """Send statements, and go on while the server works; gives their answers, which come with the landing."""
    written = [_written(connection, query, parameters) for query, parameters in statements]
    if not written:
        return []
    pgconn = connection.pgconn
    try:
        if not connection.flights:
            pgconn.enter_pipeline_mode()
        connection.flights.append([])
        answers = [_send(connection, one) for one in written]
        pgconn.pipeline_sync()  # what the socket does not take now is sent by who lands
    except BaseException:
        connection.close()
        raise
    return answers


def fly(connection: Connection, statements: Sequence[Statement]) -> list[Answer]:
    """Run statements, after all that is under way, in one round trip; what goes wrong is raised as by `land`."""
    answers = depart(connection, statements)
    land(connection)
    return answers


def land(connection: Connection, last: Answer | None = None) -> None:
    """Wait for all that is under way, or for that up to an answer. The error of the first that failed is raised.

    Those behind it in its flight were not run, and those of a later one refused, where it was in a transaction.
    """
    if not connection.flights:
        return
    pgconn = connection.pgconn
    try:
        taken = connection.taken_off(last)
        results = connection.wait(_answers(pgconn, len(taken)))
        if pgconn.status == pq.ConnStatus.OK and not connection.flights:
            pgconn.exit_pipeline_mode()
    except BaseException:
        connection.close()  # what was sent and what was read are not in step any more
        raise
    _tell(connection, [one for flight in taken for one in flight], results)


def _written(connection: Connection, query: str, parameters: Parameters | None) -> _Written:
    text, names = (query.encode(), ()) if parameters is None else _numbered(query)
    if parameters is None or not names:
        return _Written(text, (), (), ())
    adapting = connection.adapting
    values = adapting.dump_sequence([parameters[name] for name in names], [PyFormat.AUTO] * len(names))
    return _Written(text, values, adapting.types or (), adapting.formats or ())


@cache
def _numbered(query: str) -> tuple[bytes, tuple[str, ...]]:
    """Number the parameters of a statement, as the protocol does; gives their names in that order."""
    places: dict[str, int] = {}

    def number(place: re.Match[str]) -> str:
        return f"${places.setdefault(place[1], len(places) + 1)}" if place[1] else "%"

    return _PLACE.sub(number, query).encode(), tuple(places)


def _send(connection: Connection, one: _Written) -> Answer:
    """Write a statement; it is prepared when it comes for the second time.

    A name follows from what it names: where a proxy nobody told of gives another session, it is unknown there, or the
    same statement.
    """
    kind = one.text, one.types
    name, first = connection.prepared.get(kind) or _preparing(connection, kind), None
    if name is None and _comes_again(connection, kind):
        name = first = b"flight_" + blake2b(repr(kind).encode(), digest_size=16).hexdigest().encode()
        connection.pgconn.send_prepare(first, one.text, one.types)
    if name is None:
        connection.pgconn.send_query_params(one.text, one.values, one.types, one.forms)
    else:
        connection.pgconn.send_query_prepared(name, one.values, one.forms)
    answer = Answer(connection, kind, first)
    connection.flights[-1].append(answer)
    return answer


def _preparing(connection: Connection, kind: _Kind) -> bytes | None:
    """Give the name by which a statement is being prepared, by what is under way."""
    return next((one.prepares for one in connection.under_way if one.prepares and one.kind == kind), None)


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


def _answers(pgconn: pq.abc.PGconn, flights: int) -> PQGen[list[pq.abc.PGresult]]:
    """Read one result for each command, until so many flights or the connection are at their end."""
    yield from generators.send(pgconn)
    results: list[pq.abc.PGresult] = []
    while flights and (some := (yield from generators.fetch_many(pgconn))):
        if some[-1].status == pq.ExecStatus.PIPELINE_SYNC:
            flights -= 1
        elif some[-1].status in _COPIES:
            raise psycopg.NotSupportedError("a statement of a flight copies: its data would be waited for without end")
        else:
            results.append(some[-1])
    return results


def _tell(connection: Connection, sent: Sequence[Answer], results: list[pq.abc.PGresult]) -> None:
    coming = iter(results)
    for one in sent:
        if one.prepares is not None and _right(connection, next(coming, None)).status == _DONE:
            connection.prepared[one.kind] = one.prepares
        one.come(_right(connection, next(coming, None)))


def _right(connection: Connection, result: pq.abc.PGresult | None) -> pq.abc.PGresult:
    """Give a result that is none of an error."""
    if result is None:
        raise psycopg.OperationalError("the connection was lost")
    if result.status not in {_DONE, _ROWS}:
        raise error_from_result(result, encoding=connection.info.encoding)
    return result
