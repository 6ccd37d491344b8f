"""Where an installation keeps its things: CONTEXTFS_HOME, or `.contextfs` in the user's home."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from contextfs.kit.durable import close, flush, put
from contextfs.kit.errors import Unavailable
from contextfs.runtime.stack.model import Children, Saved, Secrets

T = TypeVar("T")

MODEL_FILE = "all-MiniLM-L6-v2.int8.bin"


class Home:
    """The folder of an installation; only its owner may look inside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "postgres" / "data"
        self.logs = path / "logs"
        self.files = path / "files"
        self.model = path / "models" / MODEL_FILE
        self.up_lock = path / "up.lock"
        self.supervisor_lock = path / "supervisor.lock"

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Home":
        """Find the folder that the environment names."""
        given = environment.get("CONTEXTFS_HOME")
        return cls((Path(given).expanduser() if given else Path.home() / ".contextfs").absolute())

    def make(self) -> None:
        """Make the folder; Unavailable when that cannot be."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            detail = f"{self.path} cannot be written ({error.strerror}): set CONTEXTFS_HOME to a folder that can."
            raise Unavailable(detail) from error
        for one in (self.logs, *self.logs.iterdir()):  # an earlier version left them open to others
            if not one.is_symlink() and (one == self.logs or one.is_file()):  # what a link leads to is not ours
                close(one)

    def secrets(self) -> Secrets:
        """Read the installation's secrets; they are made at the first start."""
        found = self._read("secrets.json", Secrets)
        known = msgspec.structs.asdict(found) if found else {}
        missing = [name for name in Secrets.__struct_fields__ if not known.get(name)]
        if found is None or missing:
            found = Secrets(**(known | {name: secrets.token_hex(32) for name in missing}))
            self._write("secrets.json", found)
        return found

    def saved(self) -> Saved | None:
        """Read what the last start left."""
        return self._read("stack.json", Saved)

    def save(self, saved: Saved) -> None:
        """Leave something for the next start."""
        self._write("stack.json", saved)

    def children(self) -> Children | None:
        """Read what the supervisor says."""
        return self._read("processes.json", Children)

    def forget_children(self) -> None:
        """Let nobody take what an earlier supervisor said for what the next one says."""
        (self.path / "processes.json").unlink(missing_ok=True)

    def _read(self, name: str, wanted: type[T]) -> T | None:
        try:
            return msgspec.json.decode((self.path / name).read_bytes(), type=wanted)
        except (FileNotFoundError, NotADirectoryError):  # whoever makes the folder tells what is in its place
            return None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            detail = f"{self.path / name} is damaged ({error}): restore it, or move {self.path} away to start anew."
            raise Unavailable(detail) from error

    def _write(self, name: str, value: object) -> None:
        write_private(self.path / name, msgspec.json.format(msgspec.json.encode(value), indent=2))


def write_private(path: Path, content: bytes) -> None:
    """Replace a file at once, readable by its owner only."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            flush(file.fileno())
        put(Path(temporary), path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
