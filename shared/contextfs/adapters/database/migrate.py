"""Bring a database's schema to this version: ordered SQL files, each applied once, under a lock, checked by hash.

`NNNN_pre_*.sql` run before the code rolls and must suit the code that is still running; `NNNN_post_*.sql` run after.
A shipped file is never edited: a changed hash stops the run. It does not go backwards.

Calls go on meanwhile. A file that does not get its tables at once lets go of all it has, and is tried again later. No
graph is made at the same time: its build waits for all transactions, and gives way to one that waits for it.

An index of a table that is written to all the time is made by `create index concurrently if not exists`: such a
statement is taken out of its file, and done before the rest, in no transaction.
"""

import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
import psycopg
from psycopg import sql

from contextfs.adapters.database import graphs, session
from contextfs.adapters.database.telling import first_line
from contextfs.kit.errors import Conflict, ContextFSError, Invalid, Unavailable

Phase = Literal["pre", "post"]

_log = logging.getLogger(__name__)

_NAME = re.compile(r"^(\d{4})_(pre|post)_\w+\.sql$")
_LOCK = 0x_C07E_F5
_VECTOR_AT_LEAST = (0, 8)
_SESSION = (
    "set search_path = public; set timezone = 'UTC'; set statement_timeout = 0; set client_min_messages = warning"
)
# Whose machine is gone keeps its locks until the server notices: by itself after two hours, or at a statement's end.
_ALIVE = "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3"
_LISTENING = "set client_connection_check_interval = '5s'"
# A build waits for transactions that were there before it; nobody waits for it but who migrates.
_PATIENT = "set lock_timeout = '10min'"
_INDEX = re.compile(r"^create index concurrently if not exists (\w+)\b[^;]*;\n?", re.MULTILINE)
# Who calls waits behind a migration that waits for a table, so that it waits briefly; longer than `deadlock_timeout`
# (1 s), after which a vacuum of Postgres's own gives way to it.
# `row_security = off` makes a migration that would change rows it cannot see stop instead of missing them silently.
_LOCAL = "set local lock_timeout = '1500ms'; set local row_security = off"
_LEDGER = """
create table if not exists contextfs.migrations (
    name text primary key, sha256 text not null, applied_at timestamptz not null default clock_timestamp()
)
"""
_TRIES = 10
_PAUSE_SECONDS = 0.1
_TOLD_SECONDS = 30
PAUSES = (0.5, 1, 2, 4, 8, *[15] * 18)
"""Seconds before each further try where tables are in use or graphs are being made: five minutes in all."""


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One SQL file."""

    name: str
    phase: Phase
    text: str

    @property
    def sha256(self) -> str:
        """The hash that must stay as it was when the file was applied."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def shipped(folder: Path | None = None) -> list[Migration]:
    """Read the migrations that belong to this version, in order; ValueError when a file is not named like one."""
    source = folder or files("contextfs.adapters.database") / "migrations"
    found = sorted((item for item in source.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return [_read(item.name, item.read_text(encoding="utf-8")) for item in found]


def migrate(
    url: str,
    *,
    phases: tuple[Phase, ...] = ("pre", "post"),
    passwords: Mapping[str, str] | None = None,
    members: Sequence[str] = (),
    migrations: list[Migration] | None = None,
    pauses: Sequence[float] = PAUSES,
) -> list[str]:
    """Apply what is missing of `phases`, set the log-in roles' passwords and defaults; gives what was applied.

    `url` is of a role that owns the database and may create roles; it needs no more where the extension `vector` is
    there already. `members` are users that log in without a password, and are `contextfs_app` from then on. `pauses`
    are the seconds before each further try where tables are in use or graphs are being made.
    Unavailable when the server cannot be reached or lacks pgvector, or stays that busy; Conflict when an applied file
    was edited, Invalid when the database is of no use, ContextFSError, which names the file, when one of them fails:
    nothing of that file is kept, what was applied before it stays.
    """
    with connected(url) as connection:
        try:
            connection.execute(_SESSION)
            _be_noticed(connection)
            _wait_for_others(connection)
            _prepare(connection)
            applied = list(_apply(connection, migrations or shipped(), phases, pauses))
            for role, password in (passwords or {}).items():
                _patiently(lambda r=role, p=password: _set_password(connection, r, p))
                if role in session.ROLES:
                    _patiently(lambda r=role: _set_defaults(connection, r))
            for user in members:
                _patiently(lambda u=user: _let_be_app(connection, u))
            # Postgres would let go of the locks too, but a moment after the connection is closed.
            connection.execute("select pg_advisory_unlock_all()")
        except psycopg.Error as error:
            raise Unavailable(f"The database could not be migrated: {first_line(error)}. Run it again.") from error
        return applied


def check(url: str, migrations: list[Migration] | None = None) -> None:
    """Look whether these migrations suit a database, and change nothing; Conflict when they do not.

    An applied one was edited, or a newer version's `post` migration was applied, after which older code need not work.
    """
    with connected(url) as connection:
        if connection.execute("select to_regclass('contextfs.migrations')").fetchone() == (None,):
            return
        known = migrations or shipped()
        _missing(connection, known)
        applied = connection.execute("select name from contextfs.migrations order by name").fetchall()
    newer = [name for (name,) in applied if name not in {one.name for one in known} and _NAME.match(name)]
    if after := [name for name in newer if "_post_" in name]:
        detail = (
            f"The database was brought to a newer version, which this one does not know ({after[-1]}): install that"
            " version again, or restore a backup that was made before it."
        )
        raise Conflict(detail)


def _read(name: str, text: str) -> Migration:
    match = _NAME.match(name)
    if match is None:
        message = f"{name}: a migration is named NNNN_pre_what.sql or NNNN_post_what.sql"
        raise ValueError(message)
    return Migration(name=name, phase="pre" if match[2] == "pre" else "post", text=text)


def connected(url: str) -> psycopg.Connection[Any]:
    """Connect as the owner of a database; Unavailable or Invalid tells in a line why that cannot be."""
    try:
        return psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        detail = f"The database cannot be reached: {first_line(error)}. Check DATABASE_URL and that the server runs."
        raise Unavailable(detail) from error
    except psycopg.ProgrammingError:  # its text quotes the URL, with the password in it
        detail = "DATABASE_URL is not an address of Postgres: write postgresql://user:password@host:port/database."
        raise Invalid(detail) from None


def _be_noticed(connection: psycopg.Connection[Any]) -> None:
    """Let the server notice when this process is gone, so that the next one need not wait for what it held."""
    connection.execute(_ALIVE)
    with suppress(psycopg.errors.InvalidParameterValue):  # some systems cannot tell a server while it works
        connection.execute(_LISTENING)


def _wait_for_others(connection: psycopg.Connection[Any]) -> None:
    """Wait until nobody else migrates this database; how long is for whoever started this one to say."""
    begun = told = time.monotonic()
    while not _take(connection, _LOCK):
        now = time.monotonic()
        if now - told >= _TOLD_SECONDS:
            told = now
            _log.warning("another process migrates this database: waited for %s s", round(now - begun))
        time.sleep(_PAUSE_SECONDS)


def _prepare(connection: psycopg.Connection[Any]) -> None:
    if connection.info.user.startswith("contextfs_"):  # an owner could switch row-level security off
        raise Invalid(f"The tables must not belong to {connection.info.user}: migrate as the owner of the database.")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise Invalid(f"The database stores text as {encoding}: create it with `encoding 'UTF8' template template0`.")
    try:
        connection.execute("create extension if not exists vector with schema public")
    except psycopg.Error as error:
        detail = f"The server has no usable pgvector: {first_line(error)}. Install pgvector 0.8 or newer there."
        raise Unavailable(detail) from error
    row = connection.execute(
        "select extversion, extnamespace::regnamespace::text from pg_extension where extname = 'vector'"
    ).fetchone()
    version, schema = row or ("0", "public")
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < _VECTOR_AT_LEAST:
        detail = f"pgvector {version} is too old: install 0.8 or newer, then run `alter extension vector update`."
        raise Unavailable(detail)
    if schema != "public":
        detail = f"pgvector is in the schema {schema}: run `alter extension vector set schema public`."
        raise Unavailable(detail)
    connection.execute("create schema if not exists contextfs")
    connection.execute(_LEDGER)


def _take(connection: psycopg.Connection[Any], lock: int) -> bool:
    """Take an advisory lock if it is free: who waited for one in Postgres would hold up the build of a graph."""
    return connection.execute("select pg_try_advisory_lock(%s)", (lock,)).fetchone() == (True,)


def _apply(
    connection: psycopg.Connection[Any],
    migrations: list[Migration],
    phases: tuple[Phase, ...],
    pauses: Sequence[float],
) -> Iterator[str]:
    missing = [migration for migration in _missing(connection, migrations) if migration.phase in phases]
    if missing:
        _keep_from_graphs(connection, pauses)
    for migration in missing:
        try:
            _apply_between_calls(connection, migration, pauses)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            detail = f"{migration.name} did not get the tables to itself, nothing of it was kept: run it again."
            raise Unavailable(detail) from error
        except psycopg.Error as error:
            detail = f"{migration.name} failed, nothing of it was kept: {first_line(error)}."
            raise ContextFSError(detail) from error
        yield migration.name


def _missing(connection: psycopg.Connection[Any], migrations: list[Migration]) -> list[Migration]:
    done = dict(connection.execute("select name, sha256 from contextfs.migrations").fetchall())
    for migration in migrations:
        if done.get(migration.name, migration.sha256) != migration.sha256:
            detail = f"{migration.name} was edited after it was applied: restore it and write a new migration."
            raise Conflict(detail)
    return [migration for migration in migrations if migration.name not in done]


def _keep_from_graphs(connection: psycopg.Connection[Any], pauses: Sequence[float]) -> None:
    """Take the lock of who makes graphs, as long as the connection lives; Unavailable when they do not end."""
    for pause in pauses:
        if _take(connection, graphs.LOCK):
            return
        _log.warning("migrations wait for graphs that are being made: asked again in %s s", pause)
        time.sleep(pause)
    if not _take(connection, graphs.LOCK):
        detail = "Graphs are being made, and nothing was migrated: wait for the job `graphs`, then run it again."
        raise Unavailable(detail)


def _apply_between_calls(connection: psycopg.Connection[Any], migration: Migration, pauses: Sequence[float]) -> None:
    """Apply a file; where tables are in use let go of all, so that calls get through, and try again."""
    for pause in pauses:
        try:
            return _patiently(lambda: _apply_one(connection, migration))
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            _log.warning("%s: %s: tried again in %s s", migration.name, first_line(error), pause)
            time.sleep(pause)
    return _patiently(lambda: _apply_one(connection, migration))


def _apply_one(connection: psycopg.Connection[Any], migration: Migration) -> None:
    for index in _INDEX.finditer(migration.text):
        _build(connection, index[1], index[0])
    with connection.transaction():
        connection.execute(_LOCAL)
        connection.execute(_INDEX.sub("", migration.text).encode())
        connection.execute(
            "insert into contextfs.migrations (name, sha256) values (%s, %s)", (migration.name, migration.sha256)
        )


def _build(connection: psycopg.Connection[Any], name: str, statement: str) -> None:
    """Build an index while calls go on writing; one whose build was cut off is of no use, and begun anew."""
    connection.execute(_PATIENT)
    broken = connection.execute(
        "select 1 from pg_index where indexrelid = to_regclass(%s) and not indisvalid", (f"contextfs.{name}",)
    ).fetchone()
    if broken is not None:
        connection.execute(sql.SQL("drop index concurrently {}").format(sql.Identifier("contextfs", name)))
    connection.execute(statement.encode())


def _set_password(connection: psycopg.Connection[Any], role: str, password: str) -> None:
    """Send only the password's SCRAM verifier: statements are logged, and others can see them run."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier.decode()))
    connection.execute(statement)


def _let_be_app(connection: psycopg.Connection[Any], user: str) -> None:
    """Let a user that an account of a cloud logs in as be the API's role, from the first moment of its sessions."""
    name = sql.Identifier(user)
    with connection.transaction():
        connection.execute(sql.SQL("grant contextfs_app to {}").format(name))
        connection.execute(sql.SQL("alter role {} set role contextfs_app").format(name))


def _set_defaults(connection: psycopg.Connection[Any], role: str) -> None:
    """Keep how the role's sessions begin, for those that cannot tell it themselves."""
    for name, value in session.ROLES[role].items():
        values = sql.SQL(", ").join(sql.Literal(part) for part in value.split(", "))
        statement = sql.SQL("alter role {} in database {} set {} = {}")
        database = sql.Identifier(connection.info.dbname)
        connection.execute(statement.format(sql.Identifier(role), database, sql.Identifier(name), values))


def _patiently(do: Callable[[], None]) -> None:
    """Do it again when another database of the same server changed the roles, which they share, in this moment."""
    for left in reversed(range(_TRIES)):
        try:
            return do()
        except psycopg.errors.InternalError_ as error:
            if not (left and "concurrently" in str(error)):
                raise
            time.sleep(_PAUSE_SECONDS)
    raise AssertionError
