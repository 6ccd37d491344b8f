"""One connection to the local database: made when it is missing, brought to its schema, shared by many processes."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contextfs.kit.errors import Unavailable
from contextfs.kit.sql import load, text_beside

FILE = "index.db"
PATIENCE_SECONDS = 20.0

_SCHEMAS = ("contextfs.local.base", "contextfs.local.sync", "contextfs.local.sessions")
"""Packages with a `schema.sql`, in the order in which they were added: the number applied is SQLite's user_version."""

Row = dict[str, Any]
Values = Mapping[str, Any]


class Base:
    """The local database. It runs named statements; it does not know what they mean."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._inside = False

    @classmethod
    def open(cls, folder: Path) -> "Base":
        """Open the database in a folder; Unavailable says why that cannot be."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                folder / FILE, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = _row
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            base = cls(connection)
            base._bring_schema()
        except sqlite3.DatabaseError as error:
            raise explained(error, folder / FILE) from None
        except OSError as error:
            raise Unavailable(f"{folder} cannot be written ({error.strerror}): free it, or give it back.") from None
        return base

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def all(self, query: str, values: Values | Sequence[Any] = ()) -> list[Row]:
        """Run a query and give its rows."""
        return self._connection.execute(query, values).fetchall()

    def one(self, query: str, values: Values | Sequence[Any] = ()) -> Row | None:
        """Run a query and give its first row, or None."""
        return self._connection.execute(query, values).fetchone()

    def run(self, query: str, values: Values | Sequence[Any] = ()) -> int:
        """Run a statement and give how many rows it touched."""
        return self._connection.execute(query, values).rowcount

    def many(self, query: str, values: Sequence[Values]) -> None:
        """Run a statement once for each set of values."""
        self._connection.executemany(query, values)

    def each(self, query: str, values: Values | Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Run a query and give its rows bare, one after the other: for tables that are read whole."""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        return iter(cursor.execute(query, values))

    def script(self, package: str) -> None:
        """Run every statement of the `schema.sql` of a package, inside the transaction that is open."""
        for statement in _statements(package):
            self._connection.execute(statement)

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """Read several things as they were at one moment; nobody waits. Inside a transaction it is a part of that."""
        if self._inside:
            yield
            return
        self._connection.execute("begin")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.execute("commit")

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Do several things or none; others wait meanwhile. Inside another one it is a part of that."""
        if self._inside:
            yield
            return
        self._connection.execute("begin immediate")
        self._inside = True
        try:
            yield
            self._connection.execute("commit")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            raise
        finally:
            self._inside = False

    def _bring_schema(self) -> None:
        if self._version() >= len(_SCHEMAS):
            return
        with self.transaction():
            done = self._version()
            for number, package in enumerate(_SCHEMAS[done:], start=done + 1):
                self.script(package)
                self._connection.execute(f"pragma user_version = {number}")

    def _version(self) -> int:
        found = self._connection.execute("pragma user_version").fetchone()
        if found["user_version"] > len(_SCHEMAS):
            raise Unavailable("This folder was written by a newer ctx: update it (pip install -U contextfs-platform).")
        return found["user_version"]


def explained(error: sqlite3.Error, file: Path) -> Unavailable:
    """Say what SQLite's complaint means for people."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return Unavailable(
            f"{file} is damaged: move it away, and the next command makes it anew from the files; `ctx import` and "
            "`ctx pull` bring conversations back."
        )
    if "readonly" in text or "unable to open" in text:
        return Unavailable(f"{file} cannot be written: is the disk read-only, or the file another user's?")
    if "full" in text:
        return Unavailable(f"The disk is full: {file} cannot be written. Nothing of this was stored.")
    if "locked" in text:
        return Unavailable(f"{file} was busy for {PATIENCE_SECONDS:.0f} seconds: another ctx holds it. Try again.")
    return Unavailable(f"{file}: {text}")


def _statements(package: str) -> Iterator[str]:
    statement = ""
    for line in text_beside(package, "schema.sql").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


def queries(package: str) -> Any:
    """Read the named statements of a package of this layer."""
    return load(package, "sqlite.sql")
