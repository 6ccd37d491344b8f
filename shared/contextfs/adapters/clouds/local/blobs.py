"""The Blobs port over a folder: files by rename, links that this server's own gateway answers."""

import hmac
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from contextfs.kit import blobs
from contextfs.kit.blobs import PATH
from contextfs.kit.clock import Clock
from contextfs.kit.durable import flush_folders
from contextfs.kit.errors import ContextFSError, NotAllowed, NotFound, Unavailable
from contextfs.kit.ports import Blob

_PARTS = ".parts"
_LASTING = (PermissionError, NotADirectoryError, IsADirectoryError)


class FolderBlobs:
    """Keeps files in a folder that all processes of a server share. It does not delete what is old: a schedule does."""

    def __init__(self, folder: Path, *, secret: bytes, url: str, clock: Clock) -> None:
        self._folder = folder
        self._secret = hmac.digest(secret, b"contextfs.links.1", "sha256")
        self._url = url
        self._clock = clock

    def put(self, key: str, parts: Iterable[bytes], *, media_type: str = "application/octet-stream") -> Blob:
        """Store a file: it is written beside, brought to the disk, and then takes its name. The media type is lost."""
        _ = media_type
        target = self._folder / blobs.key(key)
        measured = blobs.Measured(parts)
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._folder / _PARTS).mkdir(mode=0o700, exist_ok=True)
            descriptor, beside = tempfile.mkstemp(dir=self._folder / _PARTS)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.writelines(measured)
                    file.flush()
                    os.fsync(file.fileno())
                Path(beside).replace(target)
                flush_folders([target.parent])
            except BaseException:
                Path(beside).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise _told(self._folder, error) from error
        return measured.blob(key)

    def get(self, key: str, *, sha256: str | None = None) -> Iterator[bytes]:
        """Give a file part by part; NotFound at once when there is none."""
        try:
            file = (self._folder / blobs.key(key)).open("rb")
        except FileNotFoundError:
            raise NotFound(f"There is no file {key}.") from None
        except OSError as error:
            raise _told(self._folder, error) from error
        return blobs.checked(key, _read(file), sha256)

    def find(self, folder: str) -> Iterator[tuple[str, int]]:
        """Give the keys in a folder and below it, in order, with their sizes."""
        root = self._folder / blobs.folder(folder)
        found = (path for path in root.rglob("*") if path.is_file())
        for key, path in sorted((path.relative_to(self._folder).as_posix(), path) for path in found):
            with suppress(FileNotFoundError):  # it went in the meantime
                yield key, path.stat().st_size

    def delete(self, key: str) -> None:
        """Delete a file; its folder stays."""
        try:
            (self._folder / blobs.key(key)).unlink(missing_ok=True)
        except OSError as error:
            raise _told(self._folder, error) from error

    def link(self, key: str, *, seconds: int, name: str) -> str:
        """Give an address at this server's gateway; it is signed, and no key is asked for."""
        until = int((self._clock() + timedelta(seconds=seconds)).timestamp())
        query = urlencode({"name": name, "until": until, "signature": self._signature(blobs.key(key), name, until)})
        return f"{self._url}{PATH}/{key}?{query}"

    def by_link(self, key: str, *, name: str, until: str, signature: str) -> Iterator[bytes]:
        """Give the file of a link; NotAllowed when it is not one of ours, or is over."""
        ends = int(until) if until.isascii() and until.isdigit() and len(until) < _DIGITS else 0
        if not hmac.compare_digest(self._signature(key, name, ends).encode(), signature.encode()):
            raise NotAllowed("This link was not made here, or was changed: ask for a new one.")
        if ends < self._clock().timestamp():
            raise NotAllowed("This link is over: ask for a new one.")
        return self.get(key)

    def _signature(self, key: str, name: str, until: int) -> str:
        return hmac.new(self._secret, f"{key}\n{name}\n{until}".encode(), sha256).hexdigest()


_DIGITS = 15


def _read(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(blobs.PART):
            yield part


def _told(folder: Path, error: OSError) -> ContextFSError:
    detail = f"The folder {folder} takes or gives no file: {error.strerror}."
    return ContextFSError(detail) if isinstance(error, _LASTING) else Unavailable(detail)
