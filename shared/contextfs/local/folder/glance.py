"""A glance at the files: whether anything moved since the last look that found all in step. It reads no file.

A look compares each file with what is known of it; a command that only reads is spared that when nothing moved. It
does not say what moved: that is the look's.
"""

import os
import time
from array import array
from hashlib import blake2b
from pathlib import Path

from contextfs.kit.sql import load
from contextfs.local.base.connection import Base
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.place import Place

_SQL = load("contextfs.local.base", "sqlite.sql")

_SOON = 100_000_000
"""A file that was changed this shortly before the glance (ns) may have changed again in the same tick of its clock."""


def seen(place: Place) -> str | None:
    """Name the state of all files and of what git has checked out, by sizes and times; None while something moves."""
    names: list[str] = []
    numbers = array("q")
    try:
        latest = max(_glanced(place.memories, names, numbers), _glanced(place.private, names, numbers))
    except OSError:
        return None
    if latest > time.time_ns() - _SOON:
        return None
    told = "\0".join([*names, *_git(place.root)]).encode("utf-8", "surrogateescape")
    return blake2b(told + numbers.tobytes(), digest_size=16).hexdigest()


def is_as_before(base: Base, place: Place, state: str | None) -> bool:
    """Tell whether a state is the one that was in step, and no command was interrupted since."""
    if state is None or mark(base, _name(place)) != state:
        return False
    return not base.all(_SQL["intents"], {"tree": place.tree})


def remember(base: Base, place: Place, state: str | None) -> None:
    """Keep a state that a look, taken after the glance, found in step or brought there."""
    if state is not None:
        set_mark(base, _name(place), state)


def _name(place: Place) -> str:
    return f"glance {place.tree}"


def _glanced(folder: Path, names: list[str], numbers: "array[int]") -> int:
    """Note the names, sizes and times of all files in a folder's folders; gives the latest time."""
    latest = 0
    try:
        kinds = [entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return latest
    for kind in kinds:
        names.append(kind)
        with os.scandir(kind) as entries:
            for entry in entries:
                told = entry.stat(follow_symlinks=False)
                moment = told.st_mtime_ns
                names.append(entry.name)
                numbers.append(told.st_size)
                numbers.append(moment)
                latest = max(latest, moment)
    return latest


def _git(root: Path) -> list[str]:
    """Name what git has checked out: each checkout, commit and merge writes one of these files."""
    top = next((folder for folder in (root, *root.parents) if os.path.lexists(folder / ".git")), None)
    if top is None:
        return []
    own = top / ".git"
    if own.is_file():  # a worktree or a submodule names its part of the repository
        own = top / own.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
    return [_times(own / name) for name in ("HEAD", "logs/HEAD")]


def _times(path: Path) -> str:
    try:
        told = path.stat()
    except OSError:
        return ""
    return f"{told.st_size}/{told.st_mtime_ns}"
