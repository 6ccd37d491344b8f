"""The Database port over psycopg 3: a pool, one transaction a call, and as few round trips as the work allows."""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
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
from contextfs.kit.errors import BadInput, Conflict, Contended, ContextFSError, Invalid, NotFound, Unavailable
from contextfs.kit.ports import Meanwhile, MistakenError, Parameters, Row, Statement

_log = logging.getLogger(__name__)

_BEGIN: Statement = ("begin", {})
_COMMIT: Statement = ("commit", {})
_ROLLBACK: Statement = ("rollback", {})


class PostgresTransaction:
    """One open transaction on one connection.

    Statements given to `soon` and `ask` depart at once, and land with the next one that is waited for; those given to
    `last` go out with the commit. What was read `ahead` is told, once, when it is asked. A transaction that has `ended`
    with that is begun anew for anything else, by the same `opening`. What is `presumed` of an answer is held against it
    before anything else departs or is told.
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
            self.check()
            return answer.row

        return row

    def ahead(self, statements: Sequence[Statement]) -> None:
        """Run what is about to be asked, while something else is done; each is told, once, when it is asked."""
        self._ahead += zip(statements, self._depart(*statements), strict=True)

    def soon(self, query: str, parameters: Parameters | None = None) -> None:
        """Run a statement whose answer nobody needs, while something else is done."""
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
            unknown = Unavailable(_UNKNOWN)
            _note(error, unknown)
            raise unknown from None
        if tag != b"COMMIT":  # after an error that somebody swallowed, Postgres answers ROLLBACK
            raise ContextFSError("An error was passed over while this was stored; nothing of it was stored.")

    def check(self) -> None:
        """Wait for what something was presumed of: MistakenError where it did not come, or is not so."""
        if self._presumed is None:
            return
        (answer, row), self._presumed = self._presumed, None
        try:
            is_so = answer.row == row
        except psycopg.Error as error:
            if _is_stale(error):
                self._connection.close()
            raise MistakenError from None
        if not is_so:
            raise MistakenError

    def _answer(self, statement: Statement) -> Answer:
        self.check()
        return self._read_ahead(statement) or self._fly(statement)[-1]

    def _read_ahead(self, statement: Statement) -> Answer | None:
        """Give the answer to what was asked ahead, once."""
        for place, (asked, answer) in enumerate(self._ahead):
            if asked == statement:
                del self._ahead[place]
                return answer
        return None

    def _fly(self, *statements: Statement) -> list[Answer]:
        answers = self._depart(*statements)
        land(self._connection)
        return answers

    def _depart(self, *statements: Statement) -> list[Answer]:
        """Send statements; a transaction that has ended is begun anew before them."""
        self.check()
        begun = [_BEGIN, *self._opening] if self._ended else []
        answers = depart(self._connection, [*begun, *statements])
        self._ended = False  # and not before they could be written: what comes next would be in no transaction
        return answers


class _Presumed(NamedTuple):
    answer: Answer
    row: Row


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
        waited for: that is given in place of its row, and held against it before anything else departs. Unavailable
        when the server cannot be reached; what a constraint or a type refuses is told as Conflict, NotFound, Invalid or
        BadInput.
        """
        with translated():
            first = [*opening, *ahead, *([_COMMIT] if at_once else [])]
            connection, answers, asked = self._begin(first, meanwhile, waits=presumed is None)
            opened, came = answers[: len(opening)], zip([*ahead, *asked], answers[len(opening) :], strict=False)
            presuming = None if presumed is None else _Presumed(*opened, presumed)
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
                if _is_stale(error):
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
        answers = depart(connection, [_BEGIN, *first])
        asked = meanwhile() if meanwhile else ()
        answers += depart(connection, asked)
        if waits:
            land(connection)
    except psycopg.Error as error:
        if _is_stale(error):
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


@contextmanager
def translated() -> Generator[None]:
    """Tell the driver's errors in the product's words.

    The driver's own text stays out of the new error and of its traceback: it quotes values, which may be secret.
    """
    try:
        yield
    except OverflowError:
        raise Invalid(_OUTSIDE) from None
    except UnicodeEncodeError:
        raise BadInput(_BROKEN) from None
    except psycopg.Error as error:
        told = _told(error)
        _note(error, told)
        raise told from None


def _told(error: psycopg.Error) -> ContextFSError:
    if _is_stale(error):
        return Unavailable(_AWAY)
    for kinds, tell in _TELLING:
        if isinstance(error, kinds):
            return tell(error)
    return ContextFSError("The database refused this for a reason that is not the caller's: see the server's log.")


def _note(error: psycopg.Error, told: ContextFSError) -> None:
    """Log what went wrong in names only: of the database's texts, just those about our own statements hold no value."""
    named = {
        "kind": type(error).__name__,
        "sqlstate": error.sqlstate,
        "table": error.diag.table_name,
        "column": error.diag.column_name,
        "constraint": error.diag.constraint_name,
    }
    ours = (error.sqlstate or "").startswith("42")
    level = logging.WARNING if told.status >= ContextFSError.status else logging.INFO
    text = f"database: {error.diag.message_primary}" if ours else "database error"
    _log.log(level, text, extra={name: value for name, value in named.items() if value})


_AWAY = "The database does not answer; nothing was stored, try again."
_UNKNOWN = (
    "The database went away while it stored this; it may be stored or not. "
    "Try again with the same Idempotency-Key: it will not be stored twice."
)
_OUTSIDE = "A value is outside of what can be stored: check numbers, dates and enumerations."
_BROKEN = "A value cannot be stored: it holds a character or a form that the database refuses."
_TAKEN: Mapping[str, str] = {
    "projects_name": "A project of this name exists already: choose another name, or use the existing one.",
    "sources_name": "A source of this name exists already: choose another name, or rotate the secret of that one.",
    "memories_pkey": "A memory with this id exists already: leave the id out, or change that memory.",
    "projects_pkey": "A project with this id exists already.",
    "memberships_email": "Somebody with this address is a member already.",
    "invitations_open": "This address is invited in this moment: try again.",
    "custom_roles_org_id_name_key": "A role of this name exists already: choose another name, or change that one.",
    "sessions_external": "A session of this tool with this external_id exists already in the project.",
}
_ABSENT: Mapping[str, str] = {
    "memberships_custom_role": "There is no such role, or it is not yours to see.",
    "invitations_custom_role": "There is no such role, or it is not yours to see.",
    "sessions_org_id_project_id_fkey": "There is no such project, or it is not yours to see.",
    "sources_org_id_project_id_fkey": "There is no such project, or it is not yours to see.",
    "memories_org_id_project_id_fkey": "There is no such project, or it is not yours to see.",
    "memories_org_id_session_id_fkey": "There is no such session, or it is not yours to see.",
}


def _taken(error: psycopg.Error) -> ContextFSError:
    name = error.diag.constraint_name or ""
    return Conflict(_TAKEN.get(name, "Such a thing exists already."), where="$.id" if name.endswith("_pkey") else None)


def _absent(error: psycopg.Error) -> ContextFSError:
    return NotFound(_ABSENT.get(error.diag.constraint_name or "", "What this refers to does not exist here."))


def _always(kind: type[ContextFSError], detail: str) -> Callable[[psycopg.Error], ContextFSError]:
    return lambda _: kind(detail)


_e = psycopg.errors
_STALE = (_e.ReadOnlySqlTransaction, _e.InvalidSqlStatementName)


def _is_stale(error: BaseException) -> bool:
    """Tell whether another connection may do.

    Such as one to the server that writes now, one that knows its prepared statements, or one on which they were
    prepared after a migration changed the type of a column that they give.
    """
    if isinstance(error, _e.FeatureNotSupported):
        return error.diag.source_function == "RevalidateCachedQuery"
    return isinstance(error, _STALE)


# The first line that fits is told; a kind that is a special case of another stands before it.
_TELLING: tuple[tuple[tuple[type[psycopg.Error], ...], Callable[[psycopg.Error], ContextFSError]], ...] = (
    ((_e.UniqueViolation, _e.ExclusionViolation), _taken),
    ((_e.ForeignKeyViolation,), _absent),
    (
        (_e.RestrictViolation,),
        _always(Conflict, "An organization keeps an owner who can come in: make somebody else an owner first."),
    ),
    (
        (_e.InsufficientPrivilege,),
        _always(NotFound, "What this refers to does not exist here, or it is not yours to change."),
    ),
    ((_e.CheckViolation, _e.NumericValueOutOfRange, _e.DatetimeFieldOverflow), _always(Invalid, _OUTSIDE)),
    (
        (_e.ProgramLimitExceeded, _e.StatementTooComplex),
        _always(Invalid, "A value is larger or more deeply nested than the database can store: make it smaller."),
    ),
    ((psycopg.DataError,), _always(BadInput, _BROKEN)),
    (
        (_e.SerializationFailure, _e.DeadlockDetected, _e.LockNotAvailable),
        _always(Contended, "Another change got in the way; nothing was stored, try again."),
    ),
    (
        (_e.UndefinedTable, _e.UndefinedColumn, _e.UndefinedFunction, _e.InvalidSchemaName),
        _always(Unavailable, "The database is not at this version's schema; nothing was stored: run the migrations."),
    ),
    (
        (psycopg.OperationalError, _e.IdleInTransactionSessionTimeout),
        _always(Unavailable, _AWAY),
    ),
)
