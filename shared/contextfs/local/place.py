"""Where a store is: found from any folder below it, the same for a repository and all of its worktrees.

It looks at a few names on the way up, and starts no process: every command begins here.
"""

import os
import re
from pathlib import Path
from typing import Final

import msgspec

from contextfs.kit.errors import Invalid, NotFound, Unavailable
from contextfs.kit.pattern import pattern

FOLDER: Final = ".contextfs"
CONFIG: Final = "config.toml"
MEMORIES: Final = "memories"
LOCAL: Final = "local"
MAIN_TREE: Final = "."

_OFF: Final = "off"
_WORKTREE_SETTING = pattern(r"^\s*worktree\s*=\s*(.+?)\s*$", re.MULTILINE)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A store: the folder that holds it, `.contextfs` inside, what is not tracked, and which working tree this is.

    `local` is one for all worktrees of a repository; `tree` tells them apart in it, whatever they are called.
    """

    root: Path
    folder: Path
    local: Path
    tree: str = MAIN_TREE

    @property
    def config(self) -> Path:
        """The file that is committed, and says which project this is."""
        return self.folder / CONFIG

    @property
    def memories(self) -> Path:
        """The folder of files that git tracks."""
        return self.folder / MEMORIES

    @property
    def private(self) -> Path:
        """The folder of the files of private memories, which git ignores."""
        return self.local / MEMORIES

    @property
    def off(self) -> Path:
        """The file that is there when the store was switched off on this machine."""
        return self.local / _OFF

    @property
    def is_off(self) -> bool:
        """Whether the store was switched off on this machine; Unavailable where one may not look."""
        try:
            os.stat(self.off)  # noqa: PTH116 - every command begins here
        except PermissionError:
            raise Unavailable(f"{self.local} cannot be looked into: it is another user's, and theirs alone.") from None
        except OSError:
            return False
        return True


def find(start: Path) -> Place | None:
    """Find the store that a folder lies in; None where there is none, or it is switched off."""
    place = find_even_off(start)
    return None if place is None or place.is_off else place


def find_even_off(start: Path) -> Place | None:
    """Find the store that a folder lies in, also one that was switched off."""
    here = os.path.abspath(start)  # noqa: PTH100 - twice as fast as Path, for every command begins here
    while True:
        if os.path.isfile(f"{here}{os.sep}{FOLDER}{os.sep}{CONFIG}"):  # noqa: PTH113 - as above
            return at(Path(here))
        above = os.path.dirname(here)  # noqa: PTH120 - as above
        if above == here:
            return None
        here = above


def meant(start: Path) -> Place | None:
    """Find the store that a command works in; None where there is none at all, and a server may be meant.

    NotFound or Unavailable where there is one that cannot be used now: what is said to it must not go elsewhere.
    """
    place, root = find_even_off(start), top(start)
    if root is not None and (place is None or place.root != root):
        raise NotFound(_lost(root))
    if place is not None and place.is_off:
        raise NotFound(f"{_off(place)} `--server` means the server.")
    return place


def required(start: Path) -> Place:
    """Find the store that a folder lies in; NotFound tells how to make one."""
    place = find_even_off(start)
    if place is None:
        raise NotFound(_absent(Path(start).absolute()))
    if place.is_off:
        raise NotFound(_off(place))
    return place


def is_off(start: Path) -> bool:
    """Tell whether the store that a folder lies in was switched off on this machine."""
    place = find_even_off(start)
    return place is not None and place.is_off


def top(start: Path) -> Path | None:
    """Give the folder of the store that a folder lies in, also of one that is off or has lost its settings."""
    here = Path(start).absolute()
    for root in (here, *here.parents):
        if os.path.isfile(root / FOLDER / CONFIG) or os.path.isdir(root / FOLDER / MEMORIES):  # noqa: PTH112, PTH113
            return root
        if os.path.isdir(root / FOLDER) and not os.access(root / FOLDER, os.X_OK):  # noqa: PTH112 - as above
            raise Unavailable(f"{root / FOLDER} cannot be looked into: give it back to yourself.")
    return None


def at(root: Path) -> Place:
    """Give the place of a store that is, or will be, in a folder; Invalid where a link would lead out of it."""
    folder = root / FOLDER
    for part in (folder, folder / MEMORIES, folder / LOCAL):
        if _is_link(part) and not part.resolve().is_relative_to(root.resolve()):
            raise Invalid(f"{part} is a link that leads out of {root}: replace it by a folder.")
    local, tree = _shared(root) or (folder / LOCAL, MAIN_TREE)
    return Place(root=root, folder=folder, local=local, tree=tree)


def _shared(root: Path) -> tuple[Path, str] | None:
    """Give where the worktrees of a repository keep what they share, and the name of this one; None elsewhere.

    A linked worktree has a file `.git` that names its part of the repository, where `commondir` names the common part.
    The main worktree's `.contextfs/local` is shared. A bare repository has no such worktree: then it lies in itself.
    """
    top = next((folder for folder in (root, *root.parents) if os.path.lexists(folder / ".git")), None)
    pointer = top / ".git" if top else None
    if top is None or pointer is None or not pointer.is_file():
        return None
    try:
        named = pointer.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
        own = (top / named).resolve()
        common = (own / (own / "commondir").read_text(encoding="utf-8").strip()).resolve()
    except OSError:
        return None  # a submodule has such a file too, and is a repository of its own
    main = _main_worktree(common)
    base = common / "contextfs" if main is None else main
    return base / root.relative_to(top) / FOLDER / LOCAL, f"worktree {own.name}"


def _main_worktree(common: Path) -> Path | None:
    if common.name == ".git":
        return common.parent
    try:
        setting = _WORKTREE_SETTING.search((common / "config").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return (common / setting[1].strip('"')).resolve() if setting else None


def _is_link(path: Path) -> bool:
    is_junction = getattr(os.path, "isjunction", None)  # from Python 3.12 on
    return path.is_symlink() or bool(is_junction and is_junction(path))


def _off(place: Place) -> str:
    return f"ContextFS is switched off in {place.root}: `ctx init` switches it on again."


def _lost(root: Path) -> str:
    return f"{root / FOLDER / CONFIG} is missing: restore it from git, or run `ctx init` in {root}."


def _absent(start: Path) -> str:
    """Say that there is no store, or that one has lost its settings."""
    root = top(start)
    if root is not None:
        return _lost(root)
    return f"There is no {FOLDER} in {start} or above it: make one with `ctx init`."
