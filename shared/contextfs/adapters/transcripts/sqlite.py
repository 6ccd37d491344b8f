"""Reads other programs' SQLite databases: never written to, never locked, and read while their owner writes."""

import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from contextfs.kit.errors import BadInput, Invalid
from contextfs.kit.sql import load

MAGIC = b"SQLite format 3\x00"
SQL = load("contextfs.adapters.transcripts", "sqlite.sql")
_JOURNAL = slice(18, 20)
_ROLLBACK = b"\x01\x01"
_WAIT_SECONDS = 5.0
_FAULTS = (sqlite3.Error, UnicodeDecodeError, OverflowError)


Row = dict[str, Any]


def _as_it_is(row: Row) -> Row:
    return row


class Kept(NamedTuple):
    """What is kept of a database: its tables, each with what gives its rows, and how a row is made plain.

    Rows are given by a question, or by a function where no question tells which they are. A row is plain when a
    secret in it can be seen: what is packed is unpacked.
    """

    tables: "Mapping[str, str | Callable[[Base], Iterator[Row]]]"
    plain: Callable[[Row], Row] = _as_it_is


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row, or the columns of a table, as a line of JSON; bytes that are no text are in `blobs`, in Base64."""

    table: str
    columns: list[str] | None = None
    row: Row | None = None
    blobs: dict[str, str] = {}


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


def dumped(base: Base, kept: Kept) -> Iterator[bytes]:
    """Give what is kept of a database as lines of JSON: the columns of each table, then its rows, in their order."""
    for table, rows in kept.tables.items():
        columns = sorted(base.columns(table))
        if columns:
            yield msgspec.json.encode(_Line(table, columns=columns)) + b"\n"
            for row in base.rows(rows) if isinstance(rows, str) else rows(base):
                yield _line(table, kept.plain(row)) + b"\n"


@contextmanager
def restored(lines: Iterable[bytes], name: str) -> Generator[Base]:
    """Make a database in memory of lines that `dumped` gave; its tables have no types, and each value has its own."""
    connection = sqlite3.connect(":memory:")
    try:
        for data in lines:
            line = msgspec.json.decode(data, type=_Line)
            if line.columns is not None:
                _make(connection, line.table, line.columns)
            elif line.row is not None:
                values = line.row | {column: b64decode(blob) for column, blob in line.blobs.items()}
                names = {"table": _quoted(line.table), "columns": ", ".join(map(_quoted, values))}
                marks = ", ".join("?" * len(values))
                connection.execute(SQL["put"].format(**names, values=marks), list(values.values()))
        yield Base(connection, name)
    except (msgspec.DecodeError, *_FAULTS) as error:
        raise Invalid(f"{name} cannot be read again from what was kept: {error}.", where=name) from error
    finally:
        connection.close()


def _line(table: str, row: Row) -> bytes:
    blobs = {name: value for name, value in row.items() if isinstance(value, bytes)}
    texts: Row = {}
    for name, value in blobs.items():
        try:
            texts[name] = value.decode()
        except UnicodeDecodeError:
            continue
    packed = {name: b64encode(value).decode() for name, value in blobs.items() if name not in texts}
    return msgspec.json.encode(
        _Line(table, row={k: v for k, v in (row | texts).items() if k not in packed}, blobs=packed)
    )


def _make(connection: sqlite3.Connection, table: str, columns: Iterable[str]) -> None:
    """Make a table, with an index for each column that a reader may look things up by."""
    names = [*map(_quoted, columns)]
    connection.execute(SQL["make"].format(table=_quoted(table), columns=", ".join(names)))
    for n, name in enumerate(names):
        if name.rstrip('"').endswith(("id", "hash", "key")):
            index = _quoted(f"{table} {n}")
            connection.execute(SQL["index"].format(index=index, table=_quoted(table), column=name))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _connected(path: Path, how: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=_WAIT_SECONDS)
    except sqlite3.Error as error:
        raise BadInput(f"{path} cannot be opened: {error}.", where=str(path)) from error


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
