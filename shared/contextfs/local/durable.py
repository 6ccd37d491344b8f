"""Bring names in folders safely to the disk: a file that was flushed is lost with the name that leads to it."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path


def flush_folders(folders: Iterable[Path]) -> None:
    """Bring the names in folders safely to the disk; Windows does so by itself."""
    if sys.platform == "win32":
        return
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where they are missing; what leads to it is safe then."""
    missing: list[Path] = []
    here = folder
    while not here.exists():
        missing.append(here)
        here = here.parent
    folder.mkdir(parents=True, exist_ok=True)
    flush_folders(one.parent for one in missing)
