"""The records of a store: files of other tools, kept without their secrets in a database of their own.

A file is kept before it is read. Until all of it is there it is a draft: whoever fails or is killed meanwhile leaves
what was kept before. It does not read files, and it does not know what a session is.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from contextfs.adapters.transcripts.files import LARGE_BYTES
from contextfs.adapters.transcripts.kept import Part
from contextfs.adapters.transcripts.view import Data, viewed
from contextfs.kit.sql import load
from contextfs.local.base.connection import Base, Row
from contextfs.local.records.cleaning import Cleaning, cleaned
from contextfs.local.records.pieces import Piece, cut, joined, name_in

FILE: Final = "records.db"
SCHEMAS: Final = ("contextfs.local.records",)
SQL: Final = load("contextfs.local.records", "sqlite.sql")

_AT_ONCE: Final = 32
"""Pieces that are written in one transaction: others get their turn in between."""
_ABANDONED: Final = timedelta(days=1)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is kept; `size` is what its tool wrote, in bytes, `secrets` how many were taken out of it.

    `read_by` is the reader that read it last; None from when it changed until it was read.
    """

    id: int
    tool: str
    path: str
    name: str
    is_rows: bool
    size: int
    secrets: int
    read_by: str | None
    kept_at: str


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How many files are kept, the bytes that their tools wrote, and the bytes that are kept of that."""

    files: int = 0
    written: int = 0
    kept: int = 0


class Records:
    """The files that a store keeps."""

    def __init__(self, base: Base) -> None:
        self.base = base

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> "Generator[Records]":
        """Open the records in a folder; they are made where they are missing."""
        base = Base.open(folder, file=FILE, schemas=SCHEMAS)
        try:
            yield cls(base)
        finally:
            base.close()

    def keep(
        self, tool: str, path: Path, parts: Iterable[Part], cleaning: Cleaning, *, is_rows: bool, now: datetime
    ) -> Kept:
        """Keep a file as it is now, without its secrets; one that is kept as it is stays, with who has read it."""
        own = name_in(path)
        about = {"tool": tool, "path": str(path), "name": own, "is_rows": is_rows}
        draft = self._begun(about, now)
        before = cleaning.found
        try:
            rules = cleaning.policy.edition
            size = sum(self._write(draft, name, cut(cleaned(lines, cleaning), own), rules) for name, lines in parts)
        except BaseException:
            self._forget(draft)
            raise
        with self.base.transaction():
            return self._finished(draft, about, {"size": size, "secrets": cleaning.found - before}, now)

    def find(self, tool: str, path: Path) -> Kept | None:
        """Give a file as it is kept; None where it is not."""
        row = self.base.one(SQL["file"], {"tool": tool, "path": str(path)})
        return None if row is None else _kept(row)

    def files(self, tool: str | None = None) -> list[Kept]:
        """List the files that are kept, of a tool or of all, in the order in which they were kept."""
        return [_kept(row) for row in self.base.all(SQL["files"], {"tool": tool})]

    def unread(self) -> list[Kept]:
        """List the files that were kept, and that nobody read since."""
        return [_kept(row) for row in self.base.all(SQL["unread"])]

    @contextmanager
    def parts(self, kept: Kept) -> Generator[dict[str, Data]]:
        """Give the bytes of a file's parts; those of a large one lie in temporary files meanwhile."""
        rows = self.base.all(SQL["parts"], {"file": kept.id})
        found: dict[str, Data] = {}
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory())) if kept.size >= LARGE_BYTES else None
            for n, part in enumerate(dict.fromkeys(row["part"] for row in rows)):
                pieces = self._bytes(kept, (row for row in rows if row["part"] == part))
                if folder is None:
                    found[part] = b"".join(pieces)
                    continue
                file = folder / str(n)
                with file.open("wb") as written:
                    written.writelines(pieces)
                found[part] = stack.enter_context(viewed(file)) if file.stat().st_size else b""
            yield found

    def read(self, kept: Kept, by: str) -> None:
        """Note that a reader has read a file."""
        self.base.run(SQL["is_read"], {"file": kept.id, "read_by": by})

    def forget(self, kept: Kept) -> None:
        """Take a file out."""
        self._forget(kept.id)

    def forget_named(self, tool: str, name: str) -> int:
        """Take out the files of a tool that are called by a session's name; gives how many there were."""
        found = [one for one in self.files(tool) if name in Path(one.path).stem]
        for one in found:
            self._forget(one.id)
        self.base.run(SQL["sweep"])
        if found:
            self.base.compact()
        return len(found)

    def bound(self, most: int, now: datetime) -> list[Kept]:
        """Take out files until no more than `most` bytes are kept, those first that were met the longest ago."""
        gone: list[Kept] = []
        for row in self.base.all(SQL["drafts"], {"before": (now - _ABANDONED).isoformat()}):
            self._forget(row["id"])
        self.base.run(SQL["sweep"])
        while self.size().kept > most and (row := self.base.one(SQL["oldest"])):
            self._forget(row["id"])
            self.base.run(SQL["sweep"])
            gone.append(_kept(row))
        return gone

    def size(self) -> Size:
        """Tell how much is kept."""
        return msgspec.convert(self.base.one(SQL["size"]), Size)

    def _begun(self, about: Row, now: datetime) -> int:
        with self.base.transaction():
            row = self.base.one(SQL["begin"], about | {"kept_at": now.isoformat()})
        return (row or {})["id"]

    def _write(self, draft: int, part: str, pieces: Iterator[Piece], rules: int) -> int:
        size = place = 0
        while some := list(islice(pieces, _AT_ONCE)):
            with self.base.transaction(durable=False):  # the last step waits for the disk, and for all that came before
                for piece in some:
                    self.base.run(SQL["add_piece"], piece._asdict() | {"rules": rules})
                    self.base.run(SQL["add_part"], {"file": draft, "part": part, "place": place, "piece": piece.hash})
                    size, place = size + piece.size, place + 1
        return size

    def _finished(self, draft: int, about: Row, figures: Row, now: datetime) -> Kept:
        known = self.base.one(SQL["file"], about)
        if known is not None:
            is_same = self.base.one(SQL["is_same"], {"file": draft, "other": known["id"]})
            if is_same and is_same["is_so"]:
                self._forget(draft)
                self.base.run(SQL["met"], {"file": known["id"], "kept_at": now.isoformat()})
                return _kept(known)
            self._forget(known["id"])
        self.base.run(SQL["finish"], figures | {"file": draft})
        return _kept(self.base.one(SQL["file"], about) or {})

    def _bytes(self, kept: Kept, rows: Iterable[Row]) -> Iterator[bytes]:
        for row in rows:
            piece = self.base.one(SQL["piece"], {"hash": row["piece"]})
            yield joined((piece or {})["data"], kept.name)

    def _forget(self, file: int) -> None:
        with self.base.transaction():
            self.base.run(SQL["clear_parts"], {"file": file})
            self.base.run(SQL["forget"], {"file": file})


def _kept(row: Row) -> Kept:
    return msgspec.convert(row, Kept, strict=False)
