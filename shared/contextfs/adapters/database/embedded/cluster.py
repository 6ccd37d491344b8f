"""The data folder of a server: made whole or not at all, and opened by a password that only its user can read."""

import errno
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence

from contextfs.adapters.database.embedded import logs
from contextfs.adapters.database.embedded.place import Place, write_secret
from contextfs.adapters.database.embedded.rootless import Way, environment
from contextfs.kit.durable import flush_folders
from contextfs.kit.errors import Invalid, Unavailable

OWNER = "contextfs"
"""The server's superuser, and the only role of a new one."""

_PASSWORD_BYTES = 32
_LOCALES = (
    ("--locale=C.UTF-8",),
    ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),  # Postgres 17 brings it along
    ("--locale=C",),
)
_SYNCFS_SINCE = 17


def create(place: Place, way: Way, *, lock: int, deadline: float, durable: bool) -> None:
    """Make a new data folder under another name and give it its own name once it is whole.

    `lock` is the open descriptor of the caller's lock: the program that makes the folder holds it, too, so nobody
    clears the folder away under it when the caller is killed. Unavailable or Invalid when it cannot be made.
    """
    _clear_unfinished(place)
    place.unfinished.mkdir(mode=0o700)
    way.give(place.unfinished)
    write_secret(place.password, secrets.token_hex(_PASSWORD_BYTES))
    way.give(place.password)
    try:
        _fill(place, way, lock=lock, deadline=deadline, durable=durable)
        _put_in_place(place)
    except BaseException:
        shutil.rmtree(place.unfinished, ignore_errors=True)
        raise


def renew_password(place: Place, way: Way, *, life: int) -> None:
    """Set a new password where its file was lost. No server runs; `life` is the open descriptor of its lock."""
    password = secrets.token_hex(_PASSWORD_BYTES)
    write_secret(place.password, password)
    way.give(place.password)
    command = way.command("postgres", "--single", "-D", place.data, "postgres")
    statement = f"ALTER ROLE {OWNER} PASSWORD '{password}';\n"
    done = _run(command, held=life, deadline=time.monotonic() + 60, told=statement)
    if done.returncode != 0 or "ERROR:" in done.stdout:
        place.password.unlink()
        raise Unavailable(f"No new password could be set in {place.data}: {logs.complaint(done.stdout)}.")


def _fill(place: Place, way: Way, *, lock: int, deadline: float, durable: bool) -> None:
    said = ""
    for locale in _LOCALES:
        command = way.command("initdb", *_arguments(place, way.programs.major, durable=durable), *locale)
        done = _run(command, held=lock, deadline=deadline)
        if done.returncode == 0:
            return
        said = done.stdout
        if "locale" not in said:
            break
    raise Unavailable(
        f"Postgres could not make the data folder {place.data}: {logs.complaint(said)}{place.shortage()}."
    )


def _arguments(place: Place, major: int, *, durable: bool) -> list[str]:
    arguments = [
        f"--pgdata={place.unfinished}",
        f"--username={OWNER}",
        f"--pwfile={place.password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
    ]
    if not durable:
        arguments.append("--no-sync")
    elif sys.platform == "linux" and major >= _SYNCFS_SINCE:
        arguments.append("--sync-method=syncfs")  # one call instead of a thousand: 5 s become 0.5 s on slow disks
    return arguments


def _put_in_place(place: Place) -> None:
    try:
        place.unfinished.rename(place.data)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        detail = f"{place.data} is the root of a mounted disk, which cannot be replaced: choose a folder inside it."
        raise Invalid(detail, where="data") from error
    flush_folders([place.data.parent])


def _clear_unfinished(place: Place) -> None:
    if place.unfinished.exists():
        shutil.rmtree(place.unfinished)


def _run(command: Sequence[str], *, held: int, deadline: float, told: str = "") -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(  # noqa: S603 - a program of Postgres with arguments of this package
            command,
            input=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            cwd=os.sep,
            env=environment(),
            pass_fds=(held,),
            timeout=max(1.0, deadline - time.monotonic()),
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{command[0]} took too long; this machine is very busy: try again.") from error
