"""Reads other programs' SQLite databases: never written to, never locked, and read while their owner writes."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contextfs.kit.errors import BadInput, Invalid
from contextfs.kit.sql import load

MAGIC = b"SQLite format 3\x00"
SQL = load("contextfs.adapters.transcripts", "sqlite.sql")
_JOURNAL = slice(18, 20)
_ROLLBACK = b"\x01\x01"
_WAIT_SECONDS = 5.0
_FAULTS = (sqlite3.Error, UnicodeDecodeError, OverflowError)


class Base:
    """An open database; its faults are errors that name it."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        connection.row_factory = sqlite3.Row
        connection.text_factory = _text

    def columns(self, table: str) -> frozenset[str]:
        """Give the names of a table's columns; none when there is no such table."""
        return frozenset(row["name"] for row in self.rows(SQL["columns"], {"of_table": table}))

    def rows(self, question: str, values: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Ask, and give row by row; Invalid when the database is damaged or of another shape."""
        try:
            for row in self._connection.execute(question, values or {}):
                yield dict(row)
        except _FAULTS as error:
            raise Invalid(f"{self._name} cannot be read: {error}.", where=self._name) from error


def is_database(path: Path) -> bool:
    """Tell by its first bytes whether a file is a SQLite database."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


@contextmanager
def opened(path: Path) -> Generator[Base]:
    """Open a file for reading, with what its owner has in the write-ahead log.

    Where the log's index cannot be made (a folder that may not be written to) the file alone is read, as it stands.
    BadInput when its owner holds it locked, or it cannot be opened.
    """
    connection = _connected(path, "mode=ro")
    try:
        connection.execute(SQL["opens"]).fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error) or "busy" in str(error):
            raise BadInput(f"{path} is locked by the program that owns it; try again.", where=str(path)) from error
        connection = _connected(path, "mode=ro&immutable=1")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise Invalid(f"{path} cannot be read: {error}.", where=str(path)) from error
    try:
        yield Base(connection, path.name)
    finally:
        connection.close()


@contextmanager
def unpacked(data: bytes, name: str) -> Generator[Base]:
    """Open a database's bytes in memory; a write-ahead log that lay beside them is not in it."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data[: _JOURNAL.start] + _ROLLBACK + data[_JOURNAL.stop :])
        yield Base(connection, name)
    except _FAULTS as error:
        raise Invalid(f"{name} cannot be read: {error}.", where=name) from error
    finally:
        connection.close()


def _connected(path: Path, how: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=_WAIT_SECONDS)
    except sqlite3.Error as error:
        raise BadInput(f"{path} cannot be opened: {error}.", where=str(path)) from error


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
