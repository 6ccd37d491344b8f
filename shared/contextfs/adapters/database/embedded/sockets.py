"""Where the server's socket stands: in the data folder, or in a short folder of its own where that cannot be."""

import os
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

from contextfs.adapters.database.embedded.postmaster import PORT

_LONGEST = 103
"""Bytes of a socket's path: 103 on macOS, 107 on Linux (unix(7))."""

_SEPARATORS = frozenset(',"')
"""Postgres and its clients read a folder's name with these as a list."""

_PREFIX = "contextfs-"


def choose(data: Path) -> Path:
    """Give a folder for the socket that no other user can enter."""
    if not _SEPARATORS & set(str(data)) and _binds(data):
        return data
    short = "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()  # noqa: S108 - mkdtemp makes a private folder
    return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=short))


def release(folder: Path) -> None:
    """Remove a folder that `choose` made, and nothing else."""
    if not folder.name.startswith(_PREFIX):
        return
    with suppress(OSError):
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


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
