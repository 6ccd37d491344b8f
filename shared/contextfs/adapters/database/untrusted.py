"""Runs what people wrote, on a connection that nothing else ever used or will use.

The role sees what claims allow that the database itself signed for this one connection; it reads only, for a few
seconds in all, a bounded number of rows and bytes, and whatever it did is rolled back. It does not check the text: who
calls it does, and bounds what the query builds. Sorts and hashes get little memory, joins that hash none (they keep
all rows of one value), and where the server is on this machine the kernel holds the whole backend to its memory.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from psycopg import errors
from psycopg.types import TypeInfo
from psycopg.types.json import set_json_loads

from contextfs.adapters.database import address, memory
from contextfs.adapters.database.address import Address
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.ports import Answer, GenericQuery

_SECONDS = 5
_MOST_BYTES = 4_000_000
_MOST_COST = 5e7
_AT_ONCE = 4
_BUSY = "Other queries are running: try again in a moment."
_TOO_MUCH = "This takes more memory or disk than a query may: filter more, or ask for less."
_TOO_LONG = "This took longer than {:g} seconds: filter more, or ask for less."
_HOPELESS = "This would take too long: filter by project or by a time between two moments, or join by ids."
_OF_NO_KIND = "Postgres cannot tell of what type a text of the query is: write it with its type, as in '…'::text."
_ROLE = "contextfs_sql"
_OPENING = "begin transaction isolation level repeatable read read only"
_CLAIMS = """
select set_config('search_path', %(path)s, true), set_config('app.as_of', %(as_of)s, true),
    set_config('app.signed_claims', %(signed)s, true), pg_size_bytes(current_setting('track_activity_query_size'))
"""

_LEFT = "select set_config('statement_timeout', %s, true)"
_AS_WRITTEN = "-c standard_conforming_strings=on -c client_encoding=utf8"
"""A query is checked as it is read with these; whoever owns the server, or the role, may have set others."""
_IN_LITTLE = (
    "-c work_mem=4MB -c hash_mem_multiplier=1 -c max_parallel_workers_per_gather=0 -c enable_hashjoin=off -c jit=off"
)
_BLIND = "-c plan_cache_mode=force_generic_plan"
_NARROW = frozenset(
    {
        *("bool", "int2", "int4", "int8", "float4", "float8", "numeric", "uuid", "date", "time", "timetz"),
        *("timestamp", "timestamptz", "interval", "oid", "name"),
    }
)
"""Types whose values are short."""

Connection = psycopg.Connection[tuple[Any, ...]]


class UntrustedReader:
    """Runs queries of people as the role contextfs_sql. Few at once: each holds a connection for as long as it runs."""

    def __init__(self, url: Address, seconds: float = _SECONDS) -> None:
        """Connect by `url`; a query takes `seconds` at the most."""
        self._url = url
        self._seconds = seconds
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    def read(
        self,
        query: str,
        generic: GenericQuery,
        *,
        sign: Callable[[int], str],
        as_of: datetime | None,
        most_rows: int,
    ) -> Answer:
        """Run one SELECT, of which `generic` tells what it costs. `sign` gives the caller's claims for a backend's id.

        Invalid says what the database has against the query, Unavailable that too many others run already.
        """
        if not self._room.acquire(blocking=False):
            raise Unavailable(_BUSY)
        try:
            with _told(self._seconds), self._connected() as connection:
                named = {
                    "path": "contextfs_then" if as_of else "contextfs_now",
                    "as_of": as_of.isoformat() if as_of else "",
                    "signed": sign(_held(connection)),
                }
                connection.execute(_OPENING)
                blanks = _blanks(connection.execute(_CLAIMS, named).fetchone())
                until = time.monotonic() + self._seconds
                _check_cost(connection, blanks, generic, until)
                return _answer(connection, blanks + query, most_rows, until)
        finally:
            self._room.release()

    @contextmanager
    def _connected(self) -> Generator[Connection]:
        options = f"-c idle_in_transaction_session_timeout={2 * _SECONDS}s {_AS_WRITTEN} {_IN_LITTLE} {_BLIND}"
        connection = psycopg.connect(address.now(self._url), autocommit=True, options=options, connect_timeout=_SECONDS)
        set_json_loads(msgspec.json.decode, connection)
        try:
            yield connection
        finally:
            connection.close()


def _held(connection: Connection) -> int:
    """Hold the connection's backend to its memory; gives its process id."""
    backend = connection.info.backend_pid
    memory.hold(backend, _ROLE)
    return backend


def _blanks(begun: tuple[Any, ...] | None) -> str:
    """Give more blanks than the server shows of what runs: queries begin with them, for one role runs those of all.

    A role sees in pg_stat_activity what else runs as itself, each text up to `track_activity_query_size`.
    """
    shown = begun[-1] if begun else 0
    return " " * shown


def _check_cost(connection: Connection, blanks: str, generic: GenericQuery, until: float) -> None:
    """Refuse what the planner thinks would take very long: it would only run into the time limit.

    It knows no constant of the query (`plan_cache_mode`), and so says nothing of how common that is in rows of others.
    """
    kinds, nulls = (f"({', '.join(all_)})" if all_ else "" for all_ in (generic.kinds, ["null"] * len(generic.kinds)))
    _one_statement(connection, f"{blanks}prepare reckoned{kinds} as {generic.text}", until)
    row = _one_statement(connection, f"explain (format json) execute reckoned{nulls}", until).fetchone()
    cost = row[0][0]["Plan"]["Total Cost"] if row else 0.0
    if cost > _MOST_COST:
        raise Invalid(_HOPELESS, where="$.query")


def _answer(connection: Connection, query: str, most_rows: int, until: float) -> Answer:
    """Read rows as they are made, until there are no more, or more than an answer holds."""
    columns = _columns(connection, query, until)
    rows: list[list[Any]] = []
    size = 0
    for row in connection.cursor().stream(_fitting(query, columns).encode()):
        size += len(msgspec.json.encode(row))
        if len(rows) == most_rows or size > _MOST_BYTES:
            return Answer(columns=columns, rows=rows, truncated=True)
        rows.append([*row])
    return Answer(columns=columns, rows=rows, truncated=False)


def _fitting(query: str, columns: list[tuple[str, str]]) -> str:
    """Write around a query that it ends at a row that is wider than an answer, which would be sent whole."""
    wide = [
        f"case when pg_column_size(c{at}) > {_MOST_BYTES} then pg_column_size(c{at})"  # without a text of it beside it
        f" else coalesce(octet_length(c{at}::text), 0) end::bigint"
        for at, (_, kind) in enumerate(columns)
        if kind not in _NARROW
    ]
    if not wide:
        return query
    blanks = " " * (len(query) - len(query.lstrip(" ")))
    names = ", ".join(f"c{at}" for at in range(len(columns)))
    fits = f"contextfs_now.fits({' + '.join(wide)}, {_MOST_BYTES})"
    return f"{blanks}select * from ({query}) as answer({names}) where {fits}"  # noqa: S608 - it was run as a cursor's SELECT before


def _columns(connection: Connection, query: str, until: float) -> list[tuple[str, str]]:
    """Name what a query gives. It stands in a cursor for that, where nothing but a SELECT can."""
    _one_statement(connection, f"declare answer no scroll cursor for {query}", until)
    described = _one_statement(connection, "fetch forward 0 from answer", until).description or ()
    types = connection.adapters.types
    return [(one.name, _type(types.get(one.type_code), one.type_code)) for one in described]


def _one_statement(connection: Connection, text: str, until: float) -> psycopg.Cursor[tuple[Any, ...]]:
    """Run one statement (it is prepared, so a second one behind it is an error) in what is left of the time of all."""
    connection.execute(_LEFT, [f"{max(1, int(1000 * (until - time.monotonic())))}ms"])
    return connection.execute(text.encode(), prepare=True)


def _type(known: TypeInfo | None, oid: int) -> str:
    """Name a type as Postgres does; a list of it, with brackets."""
    if known is None:
        return "unknown"
    return f"{known.name}[]" if known.array_oid == oid else known.name


@contextmanager
def _told(seconds: float) -> Generator[None]:
    """Say what the database has against a query: its words are about the caller's own query and data."""
    try:
        yield
    except errors.QueryCanceled:
        raise Invalid(_TOO_LONG.format(seconds), where="$.query") from None
    except (errors.OutOfMemory, errors.ConfigurationLimitExceeded, errors.DiskFull):
        raise Invalid(_TOO_MUCH, where="$.query") from None
    except (errors.TooManyConnections, errors.InsufficientResources):
        raise Unavailable(_BUSY) from None
    except (errors.IndeterminateDatatype, errors.AmbiguousParameter):
        raise Invalid(_OF_NO_KIND, where="$.query") from None
    except (psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError) as error:
        raise Invalid(
            f"The database says: {error.diag.message_primary or 'this cannot be run'}.", where="$.query"
        ) from None
    except psycopg.Error:
        raise Unavailable("The database for direct SQL does not answer: try again.") from None
