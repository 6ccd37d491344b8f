"""As whom Postgres runs: it refuses root, so root's servers run in a user namespace or as another user.

No account is made, no folder's mode is changed, and nothing above the data folder is touched. It does not make a
closed folder reachable: where it would have to, it says so.
"""

import os
import shutil
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from contextfs.adapters.database.embedded import binaries, launch
from contextfs.adapters.database.embedded.binaries import Programs
from contextfs.adapters.database.embedded.place import Place
from contextfs.kit.errors import Unavailable

_ROOT = 0
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LOCPATH", "LOCALE_ARCHIVE")


@dataclass(frozen=True)
class Way:
    """How the programs are started here: as the caller, in a namespace where it is `uid`, or as the user `uid`."""

    mode: Literal["plain", "namespace", "drop"]
    uid: int
    gid: int
    programs: Programs

    def command(self, name: str, *arguments: str | Path, detached: bool = False) -> list[str]:
        """Give the command line that runs a program of Postgres."""
        command = [str(self.programs.path(name)), *map(str, arguments)]
        if self.mode == "plain" and not detached:
            return command
        life = "detached" if detached else "attached"
        starter = [sys.executable, "-I", "-S", launch.__file__, self.mode, str(self.uid), str(self.gid), life]
        return starter + command

    def give(self, path: Path) -> None:
        """Hand a file that the caller made to the user whom the server runs as."""
        if self.mode == "drop":
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def give_all(self, folder: Path) -> None:
        """Hand over a folder and all below it, unless it is theirs already."""
        if self.mode != "drop" or folder.stat().st_uid == self.uid:
            return
        for parent, folders, files in os.walk(folder):
            for name in folders + files:
                self.give(Path(parent) / name)
        self.give(folder)

    def runs(self) -> bool:
        """Try whether Postgres can be run in this way."""
        try:
            binaries.version(self.command("postgres", "--version"))
        except Unavailable:
            return False
        return True


def choose(place: Place, programs: Programs) -> Way:
    """Choose how to run Postgres for this data folder; Unavailable when the system allows no way."""
    caller = os.geteuid()
    if caller != _ROOT and _has_account(caller):
        return Way("plain", caller, os.getegid(), programs)
    owner = place.owner()
    if caller == _ROOT and owner is not None and owner[0] != _ROOT:
        return _as_user(place, programs, *owner)
    other = _powerless_account()
    way = Way("namespace", *other, programs)
    if sys.platform == "linux" and way.runs():
        return way
    if caller == _ROOT:
        return _as_user(place, programs, *other)
    raise Unavailable(
        f"Postgres does not run for user {caller}, who has no account on this system, and a user namespace is refused:"
        " add a line for this user to /etc/passwd, or run as another user."
    )


def environment() -> dict[str, str]:
    """Give the server's environment: none of the caller's secrets or settings, and messages that we can read."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C"} | passed


def _as_user(place: Place, programs: Programs, uid: int, gid: int) -> Way:
    _must_reach(place, uid, gid)
    way = Way("drop", uid, gid, programs)
    if way.runs():
        return way
    target = place.beside(f"programs-{programs.stamp()}")
    for outdated in set(place.data.parent.glob(f"{place.data.name}.programs-*")) - {target}:
        shutil.rmtree(outdated, ignore_errors=True)
    way = replace(way, programs=programs.copied(target))
    binaries.version(way.command("postgres", "--version"))
    return way


def _must_reach(place: Place, uid: int, gid: int) -> None:
    for folder in place.data.parents:
        if not _may_enter(folder.stat(), uid, gid):
            raise Unavailable(
                f"Postgres must run as user {uid} here, who may not enter {folder}: choose a data folder elsewhere,"
                " such as below /var/lib, or do not run as root."
            )


def _may_enter(folder: os.stat_result, uid: int, gid: int) -> bool:
    if folder.st_uid == uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    return bool(folder.st_mode & (stat.S_IXGRP if folder.st_gid == gid else stat.S_IXOTH))


def _has_account(uid: int) -> bool:
    import pwd  # noqa: PLC0415 - Windows has none, and gets its own error

    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _powerless_account() -> tuple[int, int]:
    import pwd  # noqa: PLC0415 - Windows has none, and gets its own error

    # initdb looks its user up by number, so only one that has an account will do.
    for account in sorted(pwd.getpwall(), key=lambda account: account.pw_name != "nobody"):
        if account.pw_uid != _ROOT:
            return account.pw_uid, account.pw_gid
    raise Unavailable("Postgres refuses to run as root, and this system has no other account: add the user `nobody`.")
