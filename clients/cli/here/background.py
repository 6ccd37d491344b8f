"""Start work in the background after a command that leaves some: it costs the command a few milliseconds."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from contextfs.local import config
from contextfs.local.place import Place


def after_a_change(place: Place) -> None:
    """Start a push in the background, where the store has a server and wants that; the command does not wait."""
    settings = config.read(place.config)
    if settings.server is not None and settings.sync.background:
        _start("push", place.root)


def after_a_search(place: Place) -> None:
    """Make the vectors that passages still lack, in the background; the command does not wait."""
    _start("reindex", place.root)


def _start(command: str, folder: Path) -> None:
    """Start a command that lives on when this one ends and its terminal closes, unless nobody wants that."""
    if os.environ.get("CONTEXTFS_BACKGROUND") != "off":
        with suppress(OSError):
            _detached([sys.executable, "-m", "clients.cli.main", command, "--background"], folder)


def _detached(command: list[str], folder: Path) -> None:
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
