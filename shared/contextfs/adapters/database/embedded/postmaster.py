"""What a running server writes down about itself in `postmaster.pid`, read with distrust.

The file's lines (pidfile.h of Postgres): process number, data folder, start time, port, socket folder, TCP address,
shared memory key, status. It is written line by line, and it outlives a server that was killed.
"""

import os
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from contextfs.kit.errors import Unavailable
from contextfs.kit.processes import command_line

PORT = 5432
"""A part of the socket's name; nothing listens on TCP."""

_LINES = 8
_PATIENCE_SECONDS = 2.0
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # "Message Formats" in the manual of Postgres


@dataclass(frozen=True)
class Postmaster:
    """A server as its file describes it."""

    pid: int
    port: int
    socket_dir: Path
    ready: bool

    @property
    def socket(self) -> Path:
        """The socket that clients connect to."""
        return self.socket_dir / f".s.PGSQL.{self.port}"

    def answers(self) -> bool:
        """Tell whether a server takes connections there: it is asked for encryption, and any reply will do.

        A connection alone proves nothing: the kernel goes on accepting for a server that is being killed.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(_PATIENCE_SECONDS)
            try:
                probe.connect(os.fsencode(self.socket))
                probe.sendall(_SSL_REQUEST)
                return probe.recv(1) != b""
            except (BlockingIOError, TimeoutError):  # it lives, and is too busy to say so
                return True
            except OSError:
                return False


def read(data: Path) -> Postmaster | None:
    """Read the file; None when there is none, when it is half-written, or when it came along in a copy of a folder."""
    lines = _lines(data)
    if len(lines) < _LINES or not lines[0].isdigit() or not lines[3].isdigit():
        return None
    with suppress(OSError):
        if Path(lines[1]).samefile(data):
            return Postmaster(int(lines[0]), int(lines[3]), Path(lines[4]), lines[7].strip() == "ready")
    return None


def pid(data: Path) -> int | None:
    """Read the process number alone, which a server writes first."""
    lines = _lines(data)
    return int(lines[0]) if lines and lines[0].isdigit() and int(lines[0]) > 1 else None


def is_server(number: int, data: Path) -> bool:
    """Tell whether that process is a Postgres on this data folder; its number may belong to any program by now."""
    command = f" {command_line(number)} "
    return "postgres" in command and f" {data} " in command


def discard(data: Path) -> None:
    """Remove what a killed server left: Postgres refuses to start when its number is another program's by now.

    The caller holds the life lock. Unavailable when a server that was not started by us lives there nevertheless.
    """
    number = pid(data)
    if number is not None and is_server(number, data):
        raise Unavailable(f"Process {number} is a Postgres on {data} that something else started: stop it first.")
    for name in ("postmaster.pid", f".s.PGSQL.{PORT}.lock", f".s.PGSQL.{PORT}"):
        (data / name).unlink(missing_ok=True)


def _lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except (FileNotFoundError, NotADirectoryError):
        return []
