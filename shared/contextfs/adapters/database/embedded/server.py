"""Starts, finds and stops the Postgres server of a data folder. The server outlives the process that started it.

Two facts decide everything, and the kernel keeps both: a lock beside the folder lets one process at a time start or
stop the server; a lock inside it is held by the server's own processes for as long as one of them lives.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from contextfs.adapters.database.embedded import binaries, cluster, logs, postmaster, rootless, settings, sockets
from contextfs.adapters.database.embedded.locks import PAUSE, claim, locked
from contextfs.adapters.database.embedded.place import Place
from contextfs.adapters.database.embedded.rootless import Way
from contextfs.kit.errors import Unavailable


@dataclass(frozen=True)
class Running:
    """A server that takes connections."""

    pid: int
    socket_dir: Path
    port: int
    user: str
    password: str = field(repr=False)

    def dsn(self, database: str = "postgres") -> str:
        """Give the address of a database for libpq, with the password in it: never log it."""
        host = quote(os.fsencode(self.socket_dir), safe="")
        return f"postgresql://{self.user}:{self.password}@/{quote(database, safe='')}?host={host}&port={self.port}"


def start(data: Path, *, wait: float = 60.0, options: Mapping[str, str] | None = None) -> Running:
    """Give the running server of that folder; start it, and make the folder first, where needed.

    `wait` is in seconds. `options` are more settings of Postgres for a server that this very call starts.
    Unavailable, with the server's own complaint, when it does not run in time; Invalid when the folder is no database.
    """
    place, deadline = _place(data), time.monotonic() + wait
    with place.explained():
        if running := _find(place):
            return running
        place.major()
        place.data.parent.mkdir(parents=True, exist_ok=True)
        with locked(place.lock, deadline) as lock:
            return _find(place) or _start(place, lock, deadline, options or {})


def find(data: Path) -> Running | None:
    """Give the server that runs on that folder, or None. Nothing is started and nothing is written."""
    place = _place(data)
    with place.explained():
        return _find(place)


def stop(data: Path, *, wait: float = 30.0) -> bool:
    """Stop the server: sessions are cut off, what was committed is kept. False when none ran.

    Unavailable when it has not ended after `wait` seconds; it goes on ending.
    """
    place, deadline = _place(data), time.monotonic() + wait
    with place.explained():
        if not place.lock.exists() and postmaster.pid(place.data) is None:
            return False
        with locked(place.lock, deadline):
            return _stop(place, deadline)


def said(data: Path) -> int:
    """Tell how many bytes the server's log has."""
    with suppress(OSError):
        return _place(data).log.stat().st_size
    return 0


def complaint(data: Path, since: int) -> str:
    """Quote what the server's log complains of after so many bytes, as one line."""
    with suppress(OSError):
        return logs.complaint_since(_place(data).log, since)
    return "its log cannot be read"


def _place(data: Path) -> Place:
    if sys.platform == "win32":
        raise Unavailable(
            "The embedded Postgres runs on Linux and macOS: on Windows use WSL, or set the address of a server."
        )
    return Place.of(data)


def _find(place: Place) -> Running | None:
    found = postmaster.read(place.data)
    if found is None or not found.ready or not found.answers():
        return None
    try:
        password = place.password.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise Unavailable(
            f"The server on {place.data} runs, but its password file {place.password} is gone: stop the server;"
            " the next start sets a new password."
        ) from error
    return Running(found.pid, found.socket_dir, found.port, cluster.OWNER, password)


def _start(place: Place, lock: int, deadline: float, options: Mapping[str, str]) -> Running:
    major = place.major()
    way = rootless.choose(place, binaries.find(major))
    way.give(place.lock)
    if major is None:
        durable = options.get("fsync") != "off"
        cluster.create(place, way, lock=lock, deadline=deadline, durable=durable)
    found = _until(lambda: _find(place) or claim(place.version_file), deadline)
    if isinstance(found, Running):
        return found
    if found is None:
        raise Unavailable(_busy(place, "is still starting, stopping or, after a crash, ending its queries"))
    try:
        offset = _launch(place, way, found, options)
    finally:
        os.close(found)
    return _await(place, deadline, offset)


def _launch(place: Place, way: Way, life: int, options: Mapping[str, str]) -> int:
    way.give_all(place.data)
    _clear(place)
    if not place.password.exists():
        cluster.renew_password(place, way, life=life)
    folder = sockets.choose(place.data)
    way.give(folder)
    log = logs.open_for_server(place.log)
    way.give(place.log)
    try:
        offset = os.fstat(log).st_size
        listen = ("-D", place.data, "-k", folder, "-h", "", "-p", str(postmaster.PORT))
        command = way.command("postgres", *listen, *settings.arguments(options, way.programs.major), detached=True)
        subprocess.run(  # noqa: S603 - a program of Postgres; it leaves for the background at once
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(life,),
            check=False,
            cwd=os.sep,
            env=rootless.environment(),
            start_new_session=True,
        )
    finally:
        os.close(log)
    return offset


def _await(place: Place, deadline: float, offset: int) -> Running:
    found = _until(lambda: _find(place) or claim(place.version_file), deadline)
    if found is None:
        raise Unavailable(_busy(place, "is still getting ready, for example repairing itself after a crash"))
    if isinstance(found, Running):
        return found
    os.close(found)
    why = logs.complaint_since(place.log, offset) + place.shortage()
    raise Unavailable(f"Postgres did not start on {place.data}: {why} (its log is {place.log}).")


def _stop(place: Place, deadline: float) -> bool:
    if not place.version_file.exists() or not _lives(place):
        return False
    left, told = postmaster.read(place.data), 0
    while _lives(place):
        number = postmaster.pid(place.data) or told
        if number != told and postmaster.is_server(number, place.data):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGINT)
            told = number
        if time.monotonic() >= deadline:
            raise Unavailable(_busy(place, "is still ending"))
        time.sleep(PAUSE)
    if left is not None:
        sockets.release(left.socket_dir)
    return True


def _lives(place: Place) -> bool:
    life = claim(place.version_file)
    if life is None:
        return True
    os.close(life)
    number = postmaster.pid(place.data)
    return number is not None and postmaster.is_server(number, place.data)


def _clear(place: Place) -> None:
    left = postmaster.read(place.data)
    postmaster.discard(place.data)
    if left is not None:
        sockets.release(left.socket_dir)


def _until(look: Callable[[], Running | int | None], deadline: float) -> Running | int | None:
    while (seen := look()) is None and time.monotonic() < deadline:
        time.sleep(PAUSE)
    return seen


def _busy(place: Place, what: str) -> str:
    return (
        f"The server on {place.data} {what} (process {postmaster.pid(place.data)}): try again; its log is {place.log}."
    )
