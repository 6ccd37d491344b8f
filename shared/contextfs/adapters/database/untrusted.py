"""Runs what people wrote, on a connection that nothing else ever used or will use.

The role sees what claims allow that the database itself signed for this one connection; it reads only, for a few
seconds, a bounded number of rows and bytes, and whatever it did is rolled back. It does not check the text: who calls
it does.
"""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from psycopg import errors
from psycopg.types import TypeInfo
from psycopg.types.json import set_json_loads

from contextfs.adapters.database import address
from contextfs.adapters.database.address import Address
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.ports import Answer

_SECONDS = 5
_MOST_BYTES = 4_000_000
_MOST_COST = 5e7
_ROWS_AT_ONCE = 200
_AT_ONCE = 4
_BUSY = "Other queries are running: try again in a moment."
_TOO_LONG = f"This took longer than {_SECONDS} seconds: filter more, or ask for less."
_OPENING = "begin transaction isolation level repeatable read read only"
_CLAIMS = """
select set_config('search_path', %(path)s, true), set_config('app.as_of', %(as_of)s, true),
    set_config('app.signed_claims', %(signed)s, true)
"""

Connection = psycopg.Connection[tuple[Any, ...]]


class UntrustedReader:
    """Runs queries of people as the role contextfs_sql. Few at once: each holds a connection for as long as it runs."""

    def __init__(self, url: Address) -> None:
        self._url = url
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    def read(self, query: str, *, sign: Callable[[int], str], as_of: datetime | None, most_rows: int) -> Answer:
        """Run one SELECT. `sign` gives the caller's claims for a backend's process id.

        Invalid says what the database has against the query, Unavailable that too many others run already.
        """
        if not self._room.acquire(blocking=False):
            raise Unavailable(_BUSY)
        try:
            with _told(), self._connected() as connection:
                named = {
                    "path": "contextfs_then" if as_of else "contextfs_now",
                    "as_of": as_of.isoformat() if as_of else "",
                    "signed": sign(connection.info.backend_pid),
                }
                connection.execute(_OPENING)
                connection.execute(_CLAIMS, named)
                _check_cost(connection, query)
                return _answer(connection, query, most_rows)
        finally:
            self._room.release()

    @contextmanager
    def _connected(self) -> Generator[Connection]:
        options = f"-c statement_timeout={_SECONDS}s -c idle_in_transaction_session_timeout={2 * _SECONDS}s"
        connection = psycopg.connect(address.now(self._url), autocommit=True, options=options, connect_timeout=_SECONDS)
        set_json_loads(msgspec.json.decode, connection)
        try:
            yield connection
        finally:
            connection.close()


def _check_cost(connection: Connection, query: str) -> None:
    """Refuse what the planner thinks would take very long: it would only run into the time limit."""
    row = connection.execute(f"explain (format json) {query}".encode(), prepare=True).fetchone()
    cost = row[0][0]["Plan"]["Total Cost"] if row else 0.0
    if cost > _MOST_COST:
        raise Invalid("This would take too long: filter by project or time, or join by ids.", where="$.query")


def _answer(connection: Connection, query: str, most_rows: int) -> Answer:
    """Read rows through a cursor, until there are no more, or more than an answer holds."""
    connection.execute(f"declare answer no scroll cursor for {query}".encode(), prepare=True)
    rows: list[list[Any]] = []
    size = 0
    while True:
        cursor = connection.execute(f"fetch forward {_ROWS_AT_ONCE} from answer".encode())
        types = connection.adapters.types
        columns = [(one.name, _type(types.get(one.type_code), one.type_code)) for one in cursor.description or ()]
        fetched = cursor.fetchall()
        for row in fetched:
            size += len(msgspec.json.encode(row))
            if len(rows) == most_rows or size > _MOST_BYTES:
                return Answer(columns=columns, rows=rows, truncated=True)
            rows.append([*row])
        if len(fetched) < _ROWS_AT_ONCE:
            return Answer(columns=columns, rows=rows, truncated=False)


def _type(known: TypeInfo | None, oid: int) -> str:
    """Name a type as Postgres does; a list of it, with brackets."""
    if known is None:
        return "unknown"
    return f"{known.name}[]" if known.array_oid == oid else known.name


@contextmanager
def _told() -> Generator[None]:
    """Say what the database has against a query: its words are about the caller's own query and data."""
    try:
        yield
    except errors.QueryCanceled:
        raise Invalid(
            f"This took longer than {_SECONDS} seconds: filter more, or ask for less.", where="$.query"
        ) from None
    except (errors.TooManyConnections, errors.InsufficientResources):
        raise Unavailable(_BUSY) from None
    except (psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError) as error:
        raise Invalid(
            f"The database says: {error.diag.message_primary or 'this cannot be run'}.", where="$.query"
        ) from None
    except psycopg.Error:
        raise Unavailable("The database for direct SQL does not answer: try again.") from None
