"""The Database port over psycopg 3: a pool, one transaction a call, and as few round trips as the work allows."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

from contextfs.adapters.database import session
from contextfs.adapters.database.address import Address
from contextfs.adapters.database.flight import Answer, Connection, depart, fly, land
from contextfs.adapters.database.telling import UNKNOWN, is_stale, note, translated
from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.kit.ports import Meanwhile, MistakenError, Parameters, Row, Statement

_BEGIN: Statement = ("begin", {})
_COMMIT: Statement = ("commit", {})
_ROLLBACK: Statement = ("rollback", {})


class PostgresTransaction:
    """One open transaction on one connection.

    Statements given to `soon` and `ask` depart at once, and land with the next one that is waited for; those given to
    `last` go out with the commit. What was read `ahead` is told, once, when it is asked. A transaction that has `ended`
    with that is begun anew for anything else, by the same `opening`. What is `presumed` of an answer is held against it
    before anything is told or committed.
    """

    def __init__(
        self,
        connection: Connection,
        opening: Sequence[Statement],
        ahead: Iterable[tuple[Statement, Answer]],
        *,
        ended: bool,
        presumed: "_Presumed | None" = None,
    ) -> None:
        self._connection = connection
        self._opening = opening
        self._ahead = list(ahead)
        self._ended = ended
        self._presumed = presumed
        self._is_mistaken = False
        self._last: list[Statement] = []

    def all(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        """Run a query and give its rows."""
        return self._answer((query, parameters)).rows

    def one(self, query: str, parameters: Parameters | None = None) -> Row | None:
        """Run a query and give its first row, or None."""
        return self._answer((query, parameters)).row

    def run(self, query: str, parameters: Parameters | None = None) -> int:
        """Run a statement and give the number of rows it touched."""
        return self._answer((query, parameters)).touched

    def many(self, query: str, parameters: Sequence[Parameters]) -> None:
        """Run a statement once for each set of parameters, in one round trip."""
        if parameters:
            self._fly()
            with self._connection.cursor() as cursor:
                cursor.executemany(query.encode(), parameters)

    def ask(self, query: str, parameters: Parameters | None = None) -> Callable[[], Row | None]:
        """Run a query while something else is done; what this gives waits for its first row."""
        answer = self._read_ahead((query, parameters)) or self._depart((query, parameters))[-1]

        def row() -> Row | None:
            self.check(answer)
            return answer.row

        return row

    def ahead(self, statements: Sequence[Statement]) -> None:
        """Run what is about to be asked, while something else is done; each is told, once, when it is asked."""
        self._ahead += zip(statements, self._depart(*statements), strict=True)

    def soon(self, query: str, parameters: Parameters | None = None) -> None:
        """Run a statement whose answer nobody needs, while something else is done, unless it was run ahead."""
        if self._read_ahead((query, parameters)) is None:
            self._depart((query, parameters))

    def last(self, query: str, parameters: Parameters | None = None) -> None:
        """Keep a statement to be sent in the same round trip as the commit."""
        self._last.append((query, parameters))

    def commit(self) -> None:
        """Send what was kept and commit. When the connection breaks here, nobody knows whether it was stored."""
        self.check()
        if self._ended and not self._last:
            return
        try:
            tag = self._fly(*self._last, _COMMIT)[-1].tag
        except psycopg.Error as error:
            if not self._connection.closed:
                raise
            unknown = Unavailable(UNKNOWN)
            note(error, unknown)
            raise unknown from None
        if tag != b"COMMIT":  # after an error that somebody swallowed, Postgres answers ROLLBACK
            raise ContextFSError("An error was passed over while this was stored; nothing of it was stored.")

    def check(self, last: Answer | None = None) -> None:
        """Wait for what something was presumed of: MistakenError where it did not come, or is not so.

        So is what another connection may do: who begins again takes one. Whoever is about to wait for another answer,
        the `last`, waits for both at once. Whoever passes over a mistake is told of it again.
        """
        if self._is_mistaken:
            raise MistakenError
        if self._presumed is None:
            return
        (answer, row), self._presumed = self._presumed, None
        failed: psycopg.Error | None = None
        try:
            land(self._connection, answer if last is None else last)
        except psycopg.Error as error:
            failed = error
        if failed is not None and is_stale(failed):
            self._connection.close()
        self._is_mistaken = self._connection.closed or not _says(answer, row)
        if self._is_mistaken:
            raise MistakenError from None
        if failed is not None:
            raise failed

    def _answer(self, statement: Statement) -> Answer:
        answer = self._read_ahead(statement)
        if answer is None:
            return self._fly(statement)[-1]
        self.check(answer)
        return answer

    def _read_ahead(self, statement: Statement) -> Answer | None:
        """Give the answer to what was asked ahead, once."""
        for place, (asked, answer) in enumerate(self._ahead):
            if asked == statement:
                del self._ahead[place]
                return answer
        return None

    def _fly(self, *statements: Statement) -> list[Answer]:
        answers = self._depart(*statements)
        self.check(answers[-1] if answers else None)
        land(self._connection)
        return answers

    def _depart(self, *statements: Statement) -> list[Answer]:
        """Send statements; a transaction that has ended is begun anew before them."""
        begun = [_BEGIN, *self._opening] if self._ended else []
        answers = depart(self._connection, [*begun, *statements])
        self._ended = False  # and not before they could be written: what comes next would be in no transaction
        return answers


class _Presumed(NamedTuple):
    answer: Answer
    row: Row


def _says(answer: Answer, row: Row) -> bool:
    try:
        return answer.row == row
    except psycopg.Error:
        return False


class _Begun(NamedTuple):
    connection: Connection
    answers: list[Answer]
    asked: Sequence[Statement]
    """What was asked meanwhile, of which the last answers are."""


class PostgresDatabase:
    """A pool of connections as one role. It does not know tenants: claims are set inside each transaction.

    `shared`: a proxy stands before the server, and gives each transaction whichever connection is free. It takes no
    options, so the role's own defaults hold, and no statement is prepared for later. `name` is what logs call the pool.
    """

    def __init__(
        self, url: Address, *, size: int = 10, timeout: float = 10.0, shared: bool = False, name: str = "database"
    ) -> None:
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            name=name,
            min_size=1,
            max_size=size,
            timeout=timeout,
            open=True,
            connection_class=Connection,
            kwargs={
                "autocommit": True,
                "row_factory": dict_row,
                "client_encoding": "UTF8",
                "prepare_threshold": None if shared else 2,  # what `many` sends is prepared at once: all else flies
                **({} if shared else {"options": session.options()}),
            },
            configure=_shared if shared else _own,
        )
        self._tries = size + 2

    @contextmanager
    def transaction(
        self,
        *opening: Statement,
        ahead: Sequence[Statement] = (),
        meanwhile: Meanwhile | None = None,
        at_once: bool = False,
        presumed: Row | None = None,
    ) -> Generator[tuple[PostgresTransaction, list[Row | None]]]:
        """Open a transaction with `opening` and `ahead` in the same round trip; commit at the end, or roll back.

        Gives the transaction and the first row of each opening statement. While these are under way `meanwhile` is
        done, and gives what follows them. With `at_once`, which takes none, the commit is in that round trip, too, and
        the transaction begun anew for what is asked beyond it. With `presumed` one statement alone opens, and is not
        waited for: that is given in place of its row, and held against it before anything is told or committed.
        Unavailable when the server cannot be reached; what a constraint or a type refuses is told as Conflict,
        NotFound, Invalid or BadInput.
        """
        with translated():
            first = [*opening, *ahead, *([_COMMIT] if at_once else [])]
            connection, answers, asked = self._begin(first, meanwhile, waits=presumed is None)
            opened, came = answers[: len(opening)], zip([*ahead, *asked], answers[len(opening) :], strict=False)
            presuming = None if presumed is None else _Presumed(opened[0], presumed)
            transaction = PostgresTransaction(connection, opening, came, ended=at_once, presumed=presuming)
            try:
                try:
                    yield transaction, [answer.row for answer in opened] if presumed is None else [presumed]
                except Exception:
                    transaction.check()  # what was presumed may be why
                    raise
                transaction.commit()
            except BaseException as error:
                _roll_back(connection)
                if is_stale(error):
                    connection.close()
                raise
            finally:
                self._give_back(connection)

    def close(self) -> None:
        """Give all connections back."""
        self._pool.close()

    def _begin(self, first: Sequence[Statement], meanwhile: Meanwhile | None, *, waits: bool) -> _Begun:
        """Take a connection that answers: one that broke while it waited in the pool is replaced, nothing is lost."""
        for left in reversed(range(self._tries)):
            connection = self._pool.getconn()
            try:
                return _Begun(connection, *_open(connection, first, meanwhile, waits=waits))
            except _Lost as lost:
                self._give_back(connection)
                if not left:
                    raise lost.error from None
            except BaseException:
                _roll_back(connection)
                self._give_back(connection)
                raise
        raise AssertionError

    def _give_back(self, connection: Connection) -> None:
        """Give a connection back; one with something under way, which its next user would hear of, is closed."""
        if connection.pgconn.pipeline_status != psycopg.pq.PipelineStatus.OFF:
            connection.close()
        connection.hands += 1
        self._pool.putconn(connection)


class _Lost(Exception):
    """The connection was broken before a statement was stored through it."""

    def __init__(self, error: psycopg.Error) -> None:
        super().__init__()
        self.error = error


def _open(
    connection: Connection, first: Sequence[Statement], meanwhile: Meanwhile | None, *, waits: bool
) -> tuple[list[Answer], Sequence[Statement]]:
    """Begin, and run the `first` statements, in one round trip, with those that `meanwhile` gives in the end.

    Whoever does not wait here waits for an answer. A connection that is of no use any more is closed.
    """
    try:
        answers, asked = depart(connection, [_BEGIN, *first]), list[Statement]()
        for some in meanwhile() if meanwhile else ():
            answers += depart(connection, some)
            asked += some
        if waits:
            land(connection)
    except psycopg.Error as error:
        if is_stale(error):
            connection.close()
        if connection.closed:
            raise _Lost(error) from None
        raise
    return answers[1:], asked


def _roll_back(connection: Connection) -> None:
    """Undo what was done; what is under way lands first, whatever becomes of it."""
    try:
        with suppress(psycopg.Error):
            land(connection)
        if not connection.closed and connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            fly(connection, [_ROLLBACK])  # the driver would forget all that it has prepared
    except psycopg.Error:
        connection.close()


def _own(connection: Connection) -> None:
    set_json_loads(msgspec.json.decode, connection)


def _shared(connection: Connection) -> None:
    _own(connection)
    connection.prepares = False
