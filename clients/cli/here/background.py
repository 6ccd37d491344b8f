"""Start a sync in the background after a command that changed something: it costs the command a few milliseconds."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from contextfs.local import config
from contextfs.local.place import Place


def after_a_change(place: Place) -> None:
    """Start a push in the background, where the store has a server and wants that; the command does not wait."""
    settings = config.read(place.config)
    if settings.server is None or not settings.sync.background or os.environ.get("CONTEXTFS_BACKGROUND") == "off":
        return
    with suppress(OSError):
        _start([sys.executable, "-m", "clients.cli.main", "push", "--background"], place.root)


def _start(command: list[str], folder: Path) -> None:
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
