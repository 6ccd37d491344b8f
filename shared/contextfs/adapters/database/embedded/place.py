"""The data folder and what stands beside it: lock, log, password, and the folder that is still being made."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contextfs.kit.durable import flush_folders
from contextfs.kit.errors import Invalid, Unavailable

_ENOUGH_MEGABYTES = 100  # a new folder takes 40, and its first log segments more


@dataclass(frozen=True)
class Place:
    """Where one server keeps its things. `data` is absolute and free of links."""

    data: Path

    @classmethod
    def of(cls, data: Path) -> "Place":
        """Settle where the data folder is; Invalid when Postgres cannot write its name down."""
        settled = data.expanduser().resolve()
        if "\n" in str(settled) or settled == settled.parent:
            raise Invalid(f"{settled!r} cannot hold a database: choose a folder whose name is one line.", where="data")
        return cls(settled)

    @property
    def version_file(self) -> Path:
        """The file that makes a folder a Postgres data folder; the server's life lock is on it, too."""
        return self.data / "PG_VERSION"

    @property
    def lock(self) -> Path:
        """Held while a server is made, started or stopped."""
        return self.beside("lock")

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.beside("log")

    @property
    def password(self) -> Path:
        """The password of the server's owner role, readable by its user alone."""
        return self.beside("password")

    @property
    def unfinished(self) -> Path:
        """A data folder in the making; it takes its own name once it is whole."""
        return self.beside("new")

    def beside(self, ending: str) -> Path:
        """Give a neighbour of the data folder."""
        return self.data.with_name(f"{self.data.name}.{ending}")

    def major(self) -> int | None:
        """Read which major version of Postgres made the data folder; None when nothing is there yet.

        Invalid when the folder holds anything else than a database.
        """
        try:
            return int(self.version_file.read_text(encoding="ascii"))
        except FileNotFoundError:
            self._must_be_vacant()
            return None
        except (ValueError, NotADirectoryError) as error:
            detail = f"{self.data} is not a whole Postgres data folder: move it away, or choose another folder."
            raise Invalid(detail, where="data") from error

    def owner(self) -> tuple[int, int] | None:
        """Give the uid and gid that the data folder belongs to, or None when there is none yet."""
        try:
            seen = self.data.stat()
        except FileNotFoundError:
            return None
        return seen.st_uid, seen.st_gid

    def shortage(self) -> str:
        """Say how little room the disk has, for the end of a complaint; nothing when there is enough."""
        free = shutil.disk_usage(self.data.parent).free // 2**20
        return f"; only {free} MB are free on this disk" if free < _ENOUGH_MEGABYTES else ""

    @contextmanager
    def explained(self) -> Generator[None]:
        """Turn what the file system refuses into one line for people."""
        try:
            yield
        except OSError as error:
            file = error.filename or self.data
            raise Unavailable(
                f"The database in {self.data} cannot be used: {error.strerror or error} ({file});"
                " make the folder writable to this user, free some space, or choose another folder."
            ) from error

    def _must_be_vacant(self) -> None:
        if not self.data.exists():
            return
        if not self.data.is_dir() or any(self.data.iterdir()):
            raise Invalid(
                f"{self.data} exists and is neither empty nor a Postgres data folder: nothing was touched;"
                " move it away, or choose another folder.",
                where="data",
            )


def write_secret(path: Path, text: str) -> None:
    """Replace a file that only its user may read, at once and durably."""
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - it takes over the descriptor
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    flush_folders([path.parent])
