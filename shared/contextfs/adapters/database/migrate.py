"""Bring a database's schema to this version: ordered SQL files, each applied once, under a lock, checked by hash.

`NNNN_pre_*.sql` run before the code rolls and must suit the code that is still running; `NNNN_post_*.sql` run after.
A shipped file is never edited: a changed hash stops the run. It does not go backwards.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
import psycopg
from psycopg import sql

from contextfs.kit.errors import Conflict, Unavailable

Phase = Literal["pre", "post"]

_NAME = re.compile(r"^(\d{4})_(pre|post)_\w+\.sql$")
_LOCK = 0x_C07E_F5
_VECTOR_AT_LEAST = (0, 8)
_LEDGER = """
create table if not exists contextfs.migrations (
    name text primary key, sha256 text not null, applied_at timestamptz not null default clock_timestamp()
)
"""


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
    """Read the migrations that belong to this version, in order."""
    source = folder or files("contextfs.adapters.database") / "migrations"
    found = sorted((item for item in source.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return [_read(item.name, item.read_text(encoding="utf-8")) for item in found]


def migrate(
    url: str,
    *,
    phases: tuple[Phase, ...] = ("pre", "post"),
    passwords: Mapping[str, str] | None = None,
    migrations: list[Migration] | None = None,
) -> list[str]:
    """Apply what is missing of `phases` and set the log-in roles' passwords; gives the names that were applied.

    `url` is of a role that may create roles and the `vector` extension. Unavailable when it cannot be reached,
    Conflict when an applied file was edited.
    """
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
            _prepare(connection)
            applied = list(_apply(connection, migrations or shipped(), phases))
            for role, password in (passwords or {}).items():
                _set_password(connection, role, password)
            return applied
    except psycopg.OperationalError as error:
        detail = f"The database cannot be reached: {_first_line(error)}. Check DATABASE_URL and that the server runs."
        raise Unavailable(detail) from error


def _read(name: str, text: str) -> Migration:
    match = _NAME.match(name)
    if match is None:
        message = f"{name}: a migration is named NNNN_pre_what.sql or NNNN_post_what.sql"
        raise ValueError(message)
    return Migration(name=name, phase="pre" if match[2] == "pre" else "post", text=text)


def _prepare(connection: psycopg.Connection[Any]) -> None:
    try:
        connection.execute("create extension if not exists vector with schema public")
    except psycopg.Error as error:
        detail = f"The server has no usable pgvector: {_first_line(error)}. Install pgvector 0.8 or newer there."
        raise Unavailable(detail) from error
    row = connection.execute("select extversion from pg_extension where extname = 'vector'").fetchone()
    version = str(row[0]) if row else "0"
    if tuple(int(part) for part in version.split(".")[:2]) < _VECTOR_AT_LEAST:
        detail = f"pgvector {version} is too old: install 0.8 or newer, then run `alter extension vector update`."
        raise Unavailable(detail)
    connection.execute("create schema if not exists contextfs")
    connection.execute(_LEDGER)


def _apply(
    connection: psycopg.Connection[Any], migrations: list[Migration], phases: tuple[Phase, ...]
) -> Iterator[str]:
    done = dict(connection.execute("select name, sha256 from contextfs.migrations").fetchall())
    for migration in migrations:
        if migration.name in done:
            if done[migration.name] != migration.sha256:
                detail = f"{migration.name} was edited after it was applied: restore it and write a new migration."
                raise Conflict(detail)
        elif migration.phase in phases:
            with connection.transaction():
                connection.execute("set local lock_timeout = '10s'")
                connection.execute(migration.text.encode())
                connection.execute(
                    "insert into contextfs.migrations (name, sha256) values (%s, %s)",
                    (migration.name, migration.sha256),
                )
            yield migration.name


def _set_password(connection: psycopg.Connection[Any], role: str, password: str) -> None:
    statement = sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
    connection.execute(statement)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
