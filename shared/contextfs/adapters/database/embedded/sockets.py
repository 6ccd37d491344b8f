"""Where the server's socket stands: in the data folder, or in a short folder of its own where that cannot be."""

import os
import socket
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from contextfs.adapters.database.embedded.postmaster import PORT
from contextfs.kit.digest import blake2b

_LONGEST = 103
"""Bytes of a socket's path: 103 on macOS, 107 on Linux (unix(7))."""

_SEPARATORS = frozenset(',"')
"""Postgres and its clients read a folder's name with these as a list."""

_PREFIX = "contextfs-"
_PRIVATE = 0o700


def choose(data: Path) -> Path:
    """Give a folder for the socket that no other user can enter: the same one at each start.

    Who was connected comes back by the address that they know. A short folder is named after the data's; where
    somebody else holds that name, it is one of a new name.
    """
    if not _SEPARATORS & set(str(data)) and _binds(data):
        return data
    short = "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()  # noqa: S108 - a private folder in it
    named = Path(short) / f"{_PREFIX}{blake2b(os.fsencode(data.resolve()), digest_size=8).hexdigest()}"
    with suppress(FileExistsError):
        named.mkdir(mode=_PRIVATE)
    return named if _is_ours(named) else Path(tempfile.mkdtemp(prefix=_PREFIX, dir=short))


def release(folder: Path) -> None:
    """Remove a folder that `choose` made, and nothing else."""
    if not folder.name.startswith(_PREFIX):
        return
    with suppress(OSError):
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder is one of ours that nobody else can enter, and no link to elsewhere."""
    told = folder.lstat()
    return stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid() and stat.S_IMODE(told.st_mode) == _PRIVATE


def _binds(folder: Path) -> bool:
    # Shared folders of virtual machines and containers often hold files and no sockets.
    path = folder / f".s.PGSQL.{PORT}"
    if len(os.fsencode(path)) > _LONGEST:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(os.fsencode(path))
        except OSError:
            return False
    path.unlink()
    return True
