"""The Database port over psycopg 3: a pool, one transaction a call, and as few round trips as the work allows."""

import logging
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool, PoolTimeout

from contextfs.kit.errors import BadInput, Conflict, Invalid, NotFound, Unavailable
from contextfs.kit.ports import Parameters, Row

_log = logging.getLogger(__name__)

Connection = psycopg.Connection[Row]
Statement = tuple[str, Parameters]

_SETTINGS = "-c search_path=contextfs,public -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"


class PostgresTransaction:
    """One open transaction on one connection. Statements given to `last` go out together with the commit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: list[Statement] = []

    def all(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        """Run a query and give its rows."""
        return self._connection.execute(query.encode(), parameters).fetchall()

    def one(self, query: str, parameters: Parameters | None = None) -> Row | None:
        """Run a query and give its first row, or None."""
        return self._connection.execute(query.encode(), parameters).fetchone()

    def run(self, query: str, parameters: Parameters | None = None) -> int:
        """Run a statement and give the number of rows it touched."""
        return self._connection.execute(query.encode(), parameters).rowcount

    def many(self, query: str, parameters: Sequence[Parameters]) -> None:
        """Run a statement once for each set of parameters, in one round trip."""
        if parameters:
            with self._connection.cursor() as cursor:
                cursor.executemany(query.encode(), parameters)

    def last(self, query: str, parameters: Parameters) -> None:
        """Keep a statement to be sent in the same round trip as the commit."""
        self._last.append((query, parameters))

    def commit(self) -> None:
        """Send what was kept and commit. When the connection breaks here, nobody knows whether it was stored."""
        try:
            _together(self._connection, [*self._last, ("commit", {})])
        except psycopg.OperationalError as error:
            if not self._connection.closed:
                raise
            detail = (
                "The database went away while it stored this; it may be stored or not. "
                "Try again with the same Idempotency-Key: it will not be stored twice."
            )
            raise Unavailable(detail) from error


class PostgresDatabase:
    """A pool of connections as one role. It does not know tenants: claims are set inside each transaction."""

    def __init__(self, url: str, *, size: int = 10, timeout: float = 10.0) -> None:
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            min_size=1,
            max_size=size,
            timeout=timeout,
            open=True,
            connection_class=psycopg.Connection[Row],
            kwargs={"autocommit": True, "row_factory": dict_row, "options": _SETTINGS},
            configure=_configure,
        )
        self._tries = size + 2

    @contextmanager
    def transaction(self, *opening: Statement) -> Generator[tuple[PostgresTransaction, list[Row | None]]]:
        """Open a transaction with `opening` in the same round trip; commit at the end, or roll back.

        Gives the transaction and the first row of each opening statement. Unavailable when the server cannot be
        reached; what a constraint or a type refuses is told as Conflict, NotFound, Invalid or BadInput.
        """
        with translated():
            connection, rows = self._begin(opening)
            transaction = PostgresTransaction(connection)
            try:
                yield transaction, rows
                transaction.commit()
            except BaseException:
                _roll_back(connection)
                raise
            finally:
                self._pool.putconn(connection)

    def close(self) -> None:
        """Give all connections back."""
        self._pool.close()

    def _begin(self, opening: tuple[Statement, ...]) -> tuple[Connection, list[Row | None]]:
        """Take a connection that answers: one that broke while it waited in the pool is replaced, nothing is lost."""
        for left in reversed(range(self._tries)):
            connection = self._pool.getconn()
            try:
                return connection, _open(connection, opening)
            except psycopg.OperationalError:
                broken = connection.closed
                self._pool.putconn(connection)
                if not (left and broken):
                    raise
            except BaseException:
                _roll_back(connection)
                self._pool.putconn(connection)
                raise
        raise AssertionError


def _open(connection: Connection, opening: tuple[Statement, ...]) -> list[Row | None]:
    cursor = _together(connection, [("begin", {}), *opening])
    rows: list[Row | None] = []
    while cursor.nextset():
        rows.append(cursor.fetchone() if cursor.description else None)
    return rows


def _together(connection: Connection, statements: Sequence[Statement]) -> psycopg.Cursor[Row]:
    """Run several statements as one message, half the time of a pipeline: their values are quoted on this side."""
    cursor = psycopg.ClientCursor(connection)
    texts = [cursor.mogrify(query.encode(), parameters) for query, parameters in statements]
    return cursor.execute(";\n".join(texts).encode())


def _roll_back(connection: Connection) -> None:
    if not connection.closed and connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        try:
            connection.execute("rollback")
        except psycopg.Error:
            connection.close()


def _configure(connection: Connection) -> None:
    set_json_loads(msgspec.json.decode, connection)
    connection.prepare_threshold = 2


@contextmanager
def translated() -> Generator[None]:
    """Tell the driver's errors in the product's words; values are never quoted, since they may be secret."""
    try:
        yield
    except (psycopg.errors.UniqueViolation, psycopg.errors.ExclusionViolation) as error:
        raise Conflict(_told(error, _TAKEN, "Such a thing exists already.")) from error
    except psycopg.errors.ForeignKeyViolation as error:
        raise NotFound(_told(error, _ABSENT, "What this refers to does not exist here.")) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotFound("What this refers to does not exist here, or it is not yours to change.") from error
    except (psycopg.errors.CheckViolation, psycopg.errors.NumericValueOutOfRange) as error:
        raise Invalid("A value is outside of what can be stored: check numbers, dates and enumerations.") from error
    except (psycopg.errors.DataError, psycopg.DataError) as error:
        raise BadInput("A value cannot be stored: it holds a character or a form that the database refuses.") from error
    except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable) as e:
        raise Unavailable("Another change got in the way; nothing was stored, try again.") from e
    except (PoolTimeout, psycopg.OperationalError) as error:
        _log.warning("database unavailable", extra={"kind": type(error).__name__})
        raise Unavailable("The database does not answer; nothing was stored, try again.") from error


_TAKEN: Mapping[str, str] = {
    "projects_name": "A project of this name exists already: choose another name, or use the existing one.",
    "projects_pkey": "A project with this id exists already.",
    "sessions_external": "A session of this tool with this external_id exists already in the project.",
}
_ABSENT: Mapping[str, str] = {
    "sessions_org_id_project_id_fkey": "There is no such project, or it is not yours to see.",
    "memories_org_id_project_id_fkey": "There is no such project, or it is not yours to see.",
    "memories_org_id_session_id_fkey": "There is no such session, or it is not yours to see.",
}


def _told(error: psycopg.Error, words: Mapping[str, str], otherwise: str) -> str:
    return words.get(error.diag.constraint_name or "", otherwise)
