"""One connection to the local database: made when it is missing, brought to its schema, shared by many processes."""

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from contextfs.kit.errors import Unavailable
from contextfs.kit.sql import load, text_beside
from contextfs.local.base.watch import Watch, WrittenMeanwhile

FILE = "index.db"
PATIENCE_SECONDS = 60.0

_SCHEMAS = (
    "contextfs.local.base",
    "contextfs.local.sync",
    "contextfs.local.sessions",
    "contextfs.local.sessions.versions",
    "contextfs.local.sessions.removed",
    "contextfs.local.folder",
    "contextfs.local.base.rows",
)
"""Packages with a `schema.sql`, in the order in which they were added: the number applied is SQLite's user_version."""

_LOOK_SECONDS = 0.01
"""How often, at the least, somebody who waits looks whether it is his turn; SQLite itself sleeps ten times longer."""
_TURN_SECONDS = 0.2
_PAUSE_SECONDS = 0.03
"""How long much work goes on before others get their turn, and how long that is: several looks of theirs."""

_PAGES_AHEAD, _PAGES_AHEAD_OF_MUCH = 1000, 16_000
"""How long the log grows (4 KB each) until it is merged into the database, which waits for the disk."""

_HELD, _HELD_OF_MUCH = -2_000, -64_000
"""How much of the database is held in memory (KB, as SQLite writes that): of many, keys fall anywhere in it."""

_ROOM_BYTES = 64 * 1024
_ONCE = "what is stored already is not stored twice"

_ATTEMPTS = 3
"""How often a database is opened that somebody else writes at that moment."""

T = TypeVar("T")
Row = dict[str, Any]
Values = Mapping[str, Any]


class Base:
    """The local database. It runs named statements; it does not know what they mean.

    Many processes share it: transactions are short, and whoever waits for one looks often, so that nobody starves.
    One that `is_read_only` is as somebody left it: what would change it is refused.
    """

    def __init__(
        self, connection: sqlite3.Connection, schemas: Sequence[str] = _SCHEMAS, *, is_read_only: bool = False
    ) -> None:
        self.is_read_only = is_read_only
        self._connection = connection
        self._schemas = schemas
        self._inside = False
        self._rests_until = 0.0
        self._watch: Watch | None = None

    @classmethod
    def open(cls, folder: Path, *, file: str = FILE, schemas: Sequence[str] = _SCHEMAS, reads: bool = False) -> "Base":
        """Open a database in a folder, made of these packages; Unavailable says why that cannot be.

        Who only `reads` is given one that cannot be written as well.
        """
        try:
            if reads and _is_read_only(folder / file):
                return cls.as_it_is(folder / file, schemas)
            if not os.path.exists(folder / file):  # noqa: PTH110 - every command begins here
                from contextfs.kit.durable import PRIVATE, make_folder  # noqa: PLC0415 - once in the life of a store

                make_folder(folder, within=folder.parent, mode=PRIVATE)
            refuse_link(folder / file)
            connection = sqlite3.connect(
                folder / file, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = _row
            base = cls(connection, schemas)
            base._patiently("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            if sys.platform == "darwin":  # else what is flushed stays in the cache of the drive
                connection.execute("pragma fullfsync = 1")
                connection.execute("pragma checkpoint_fullfsync = 1")
            if base._bring_schema():
                from contextfs.kit.durable import close  # noqa: PLC0415 - as above

                close(folder)  # an earlier version left it open to who looks
        except sqlite3.DatabaseError as error:
            raise explained(error, folder / file) from None
        except OSError as error:
            cure = "is the disk full or read-only, or the folder another user's?"
            raise Unavailable(f"{folder} cannot be written ({error.strerror}): {cure}") from None
        return base

    @classmethod
    def as_it_is(cls, file: Path, schemas: Sequence[str] = _SCHEMAS) -> "Base":
        """Open a database that cannot be written; Unavailable where it is not of this version, for it stays so.

        A reader notes beside a database that it reads. Where that cannot be, it is taken for one that nobody writes:
        unless its log is there, which would not be read. Whether somebody wrote it is looked at when it was `read`.
        """
        refuse_link(file)
        for _ in range(_ATTEMPTS):
            watch = Watch(file)
            connection = sqlite3.connect(
                f"{file.absolute().as_uri()}?{'mode=ro' if watch.is_ahead else 'immutable=1'}",
                uri=True,
                timeout=PATIENCE_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            connection.row_factory = _row
            base = cls(connection, schemas, is_read_only=True)
            base._watch = watch
            try:
                with base.read():
                    base._be_of_this_version(file)
            except WrittenMeanwhile:
                base.close()
            except BaseException:
                base.close()
                raise
            else:
                return base
        raise Watch(file).told()

    @contextmanager
    def read(self) -> Generator[None]:
        """Read what is to be one answer. WrittenMeanwhile where the database is read as it is and somebody wrote it.

        What was read then may never have been, and an error may come of that. One that is read by its log is seen as it
        was, whoever writes: there only what SQLite complains of may.
        """
        try:
            yield
        except sqlite3.Error:
            self.confirm(though_ahead=True)
            raise
        except Exception:
            self.confirm()
            raise
        self.confirm()

    def confirm(self, *, though_ahead: bool = False) -> None:
        """WrittenMeanwhile where what was read so far may never have been, as `read` has it."""
        if self._watch is not None:
            self._watch.confirm(though_ahead=though_ahead)

    def _be_of_this_version(self, file: Path) -> None:
        version = self._version()
        if not version and not file.stat().st_size:
            raise Unavailable(f"{file} is empty, and cannot be made: it is read-only.")
        if version < len(self._schemas):
            raise Unavailable(f"{file} was written by an older ctx, and cannot be brought up to date: it is read-only.")

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
        with self.transaction():
            return self._connection.execute(query, values).rowcount

    def many(self, query: str, values: Sequence[Values]) -> None:
        """Run a statement once for each set of values."""
        with self.transaction():
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
    def transaction(self, *, durable: bool = True, patience: float = PATIENCE_SECONDS) -> Generator[None]:
        """Do several things or none; others wait meanwhile. Inside another one it is a part of that.

        One that is not durable may be undone by a power cut, as if it had not been; it waits for no disk. `patience` is
        how many seconds it waits for others at the most, before SQLite's error says that they are busy.
        """
        if self._inside:
            yield
            return
        if not durable:
            self._connection.execute("pragma synchronous = normal")
        try:
            self._begin(patience)
            self._inside = True
            yield
            self._connection.execute("commit")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            raise
        finally:
            self._inside = False
            if not durable:
                self._connection.execute("pragma synchronous = full")

    def secure(self) -> None:
        """Bring what was stored without waiting safely to the disk: this commit waits, and all before it are safe."""
        with self.transaction():
            self._connection.execute(f"pragma user_version = {self._version()}")

    @contextmanager
    def taking_much(self) -> Generator[None]:
        """Merge the log into the database seldom meanwhile: each time writes the same pages anew."""
        self._connection.execute(f"pragma wal_autocheckpoint = {_PAGES_AHEAD_OF_MUCH}")
        self._connection.execute(f"pragma cache_size = {_HELD_OF_MUCH}")
        try:
            yield
        finally:
            self._connection.execute(f"pragma cache_size = {_HELD}")
            self._connection.execute(f"pragma wal_autocheckpoint = {_PAGES_AHEAD}")

    def compact(self) -> None:
        """Write the file anew, without the pages in which deleted things still stand, and empty what is ahead of it."""
        self._connection.execute("vacuum")
        self._connection.execute("pragma wal_checkpoint(truncate)")

    def in_turns(self, things: Iterable[T], work: Callable[[T], object], *, durable: bool = True) -> None:
        """Do something to each of many things, in as many transactions as it takes for others not to wait long.

        Between two long ones others get their turn, whatever is done here meanwhile.
        """
        waiting = iter(things)
        is_over = False
        while not is_over:
            if not self._inside:
                time.sleep(max(0.0, self._rests_until - time.monotonic()))
            with self.transaction(durable=durable):
                until = time.monotonic() + _TURN_SECONDS
                is_over = True
                for thing in waiting:
                    work(thing)
                    if time.monotonic() > until:
                        is_over = False
                        break
            if time.monotonic() > until:
                self._rests_until = time.monotonic() + _PAUSE_SECONDS

    def _begin(self, patience: float) -> None:
        """Begin a transaction that writes, as soon as nobody else does."""
        self._patiently("begin immediate", patience)

    def _patiently(self, statement: str, patience: float = PATIENCE_SECONDS) -> None:
        """Run a statement that needs the file for itself, as soon as nobody else has it.

        SQLite waits for no one where two who hold a new file for reading both want to write it: it tells one at once
        that the other is busy, and who tells that to people refuses what a moment later is possible.
        """
        until = time.monotonic() + patience
        self._connection.execute("pragma busy_timeout = 0")
        try:
            for attempt in count(os.getpid()):
                try:
                    self._connection.execute(statement)
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                        raise
                else:
                    return
                time.sleep(_LOOK_SECONDS * (1 + attempt % 5) / 5)  # so that not all look at once
        finally:
            self._connection.execute(f"pragma busy_timeout = {PATIENCE_SECONDS * 1000:.0f}")

    def _bring_schema(self) -> bool:
        """Bring the tables to what they are now; tells whether an earlier version made them."""
        if self._version() >= len(self._schemas):
            return False
        with self.transaction():
            done = self._version()
            for number, package in enumerate(self._schemas[done:], start=done + 1):
                self.script(package)
                self._connection.execute(f"pragma user_version = {number}")
        return done > 0

    def _version(self) -> int:
        found = self._connection.execute("pragma user_version").fetchone()
        if found["user_version"] > len(self._schemas):
            raise Unavailable("This folder was written by a newer ctx: update it (pip install -U contextfs-platform).")
        return found["user_version"]


def batches(things: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Cut things into parts of a size, for what one statement does to many."""
    return (things[first : first + most] for first in range(0, len(things), most))


def explained(error: sqlite3.Error, file: Path) -> Unavailable:
    """Say what SQLite's complaint means for people."""
    text = str(error)
    is_broken = "not a database" in text or "malformed" in text
    if is_broken and _is_read_only(file):
        return Unavailable(
            f"{file} cannot be read ({text}): it is read-only here. Try again, or look at it by `ctx doctor` where it "
            "can be written."
        )
    if is_broken:
        return Unavailable(
            f"{file} is damaged: move it away, and the next command makes it anew from the files; `ctx import` and "
            "`ctx pull` bring conversations back."
        )
    if "readonly" in text or "unable to open" in text:
        return Unavailable(f"{file} cannot be written: is the disk read-only, or the file another user's?")
    if "full" in text or ("I/O" in text and _is_full(file)):
        return Unavailable(f"The disk is full: {file} cannot be written. Free some of it and try again: {_ONCE}.")
    if "locked" in text:
        return Unavailable(f"{file} was busy for {PATIENCE_SECONDS:.0f} seconds: another ctx holds it. Try again.")
    return Unavailable(f"{file}: {text}")


def _is_full(file: Path) -> bool:
    """Tell whether a disk has no room for what SQLite keeps beside a database: it calls that an I/O error."""
    from shutil import disk_usage  # noqa: PLC0415 - heavy, and seldom asked for

    try:
        return disk_usage(file.parent).free < _ROOM_BYTES
    except OSError:
        return False


def _is_read_only(file: Path) -> bool:
    """Tell whether a database is there, and cannot be written, or nothing beside it."""
    if not os.path.exists(file):  # noqa: PTH110 - every command that reads begins here
        return False
    return not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def refuse_link(file: Path) -> None:
    """Refuse a database that is a link: it would lead what is written somewhere else."""
    if file.is_symlink():
        raise Unavailable(f"{file} is a link: remove it, and the next command makes it anew.")


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
