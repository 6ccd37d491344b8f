"""Where a store is: found from any folder below it, the same for a repository and all of its worktrees."""

from pathlib import Path

import msgspec

from contextfs.kit.errors import Invalid, NotFound

FOLDER = ".contextfs"
CONFIG = "config.toml"
MEMORIES = "memories"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A store: the folder that holds it, `.contextfs` inside, what is not tracked, and which working tree this is."""

    root: Path
    folder: Path
    local: Path

    @property
    def tree(self) -> str:
        """The name of this working tree in the local database, which all worktrees of a repository share."""
        return str(self.root)

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


def find(start: Path) -> Place | None:
    """Find the store that a folder lies in, or None. Costs some looks at the file system, and starts no process."""
    here = Path(start).absolute()
    for root in (here, *here.parents):
        if (root / FOLDER / CONFIG).is_file():
            return at(root)
    return None


def required(start: Path) -> Place:
    """Find the store that a folder lies in; NotFound tells how to make one."""
    place = find(start)
    if place is None:
        raise NotFound(f"There is no {FOLDER} in {start} or above it: make one with `ctx init`.")
    return place


def at(root: Path) -> Place:
    """Give the place of a store that is, or will be, in a folder; Invalid where a link would lead out of it."""
    folder = root / FOLDER
    for part in (folder, folder / MEMORIES, folder / "local"):
        if part.is_symlink() and not part.resolve().is_relative_to(root.resolve()):
            raise Invalid(f"{part} is a link that leads out of {root}: replace it by a folder.")
    main = main_worktree(root) or root
    return Place(root=root, folder=folder, local=main / FOLDER / "local")


def main_worktree(root: Path) -> Path | None:
    """Give the main worktree of the repository whose linked worktree a folder is; None where it is no linked one.

    A linked worktree has a file `.git` that names its part of the repository, and that names the common part.
    """
    pointer = root / ".git"
    if not pointer.is_file():
        return None
    named = pointer.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
    own = (root / named).resolve()
    try:
        common = (own / (own / "commondir").read_text(encoding="utf-8").strip()).resolve()
    except OSError:
        return None  # a submodule has such a file too, and is a repository of its own
    main = common.parent
    return main if common.name == ".git" and (main / FOLDER / CONFIG).is_file() else None
