"""Start work in the background after a command that leaves some: it costs the command a few milliseconds.

One process at a time for each kind of work: while one waits or works no other is started, for it looks once more before
it ends; and none is started twice within a few seconds, for a process needs a moment until it can be seen.
"""

import os
import sqlite3
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from contextfs.kit.errors import ContextFSError
from contextfs.local import config
from contextfs.local.place import Place

STARTED: Final = "{}.started"
_STARTING = "background.lock"
_RATE_SECONDS = 5.0


def after_a_change(place: Place) -> None:
    """Start a push in the background, where the store has a server and wants that; the command does not wait."""
    settings = config.read(place.config)
    if settings.server is not None and settings.sync.background:
        _start(place, "push")


def make_vectors(place: Place) -> bool:
    """Make the vectors that passages still lack, in the background; tells whether a process does, or begins to."""
    return _start(place, "reindex")


def _start(place: Place, command: str) -> bool:
    """Start a command, unless nobody wants that, or the lock that it works under is taken; tells whether one is at it.

    One that another command is starting, or that was started a moment ago, counts.
    """
    if os.environ.get("CONTEXTFS_BACKGROUND") == "off":
        return False
    from contextfs.local.sync.alone import SEARCH, SYNC, alone, is_taken  # noqa: PLC0415 - most commands leave nothing

    by = SYNC if command == "push" else SEARCH
    # Whatever goes wrong here, the command itself went well, and the next one tries again.
    with suppress(OSError, sqlite3.Error, ContextFSError), alone(place.local, _STARTING) as is_mine:
        if is_mine and not is_taken(place.local, by) and _is_due(place.local / STARTED.format(command)):
            # -P: the folder that somebody works in may have a folder that is called like ours.
            _detached([sys.executable, "-P", "-m", "clients.cli.main", command, "--background"], place.root)
        return True
    return False


def _is_due(mark: Path) -> bool:
    """Tell whether the last start was long enough ago, and note that there is one now."""
    now = time.time()
    with suppress(FileNotFoundError):
        if 0 <= now - mark.stat().st_mtime < _RATE_SECONDS:
            return False
    mark.touch()
    return True


def _detached(command: list[str], folder: Path) -> None:
    """Start a program that lives on when this one ends, and when its terminal closes."""
    import subprocess  # noqa: PLC0415 - most commands start nothing

    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    subprocess.Popen(  # noqa: S603 - this program
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
        creationflags=flags,
    )
