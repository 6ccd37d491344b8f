"""Look at the files of a store: their size and times first, their bytes only where those changed."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.sha256 import sha256
from contextfs.local.base.connection import Base
from contextfs.local.base.memories import SQL
from contextfs.local.document.names import SUFFIX
from contextfs.local.folder.write import READING
from contextfs.local.place import Place

LONGEST_BYTES = 4_000_000

_ABOUT = "README.md"
"""What a person may put beside the folders of the types: it speaks of the memories, and is none."""
_TAKEN, _CURE = "has the id of ", ": delete one of them, or the `id:` line of what is a memory of its own"
_SOON = 100_000_000
"""A file that was changed this shortly before our look (ns) may have changed again in the same tick of its clock."""


Told = tuple[str, int, int]
"""A file's path, size and time of change, bare: ten thousand of them are compared at once."""


class Seen(msgspec.Struct, frozen=True):
    """A file as the file system tells of it. `path` is relative to `.contextfs`, with slashes."""

    path: str
    size: int
    mtime: int
    link: bool


class Known(msgspec.Struct, frozen=True):
    """A file as it was when we last looked: what it says is in `base`, the ids of the revisions that it shows.

    One that was `found` had its name already, and keeps it; the others were named here.
    """

    path: str
    memory_id: str
    size: int
    mtime: int
    looked: int
    hash: str
    base: str
    problem: str | None
    found: int


class Difference(msgspec.Struct, frozen=True):
    """What differs between the files and our last look at them."""

    changed: list[Seen]
    gone: list[Known]
    known: int
    there: frozenset[Told]
    """All files that are there."""


def compare(base: Base, place: Place) -> Difference:
    """Find the files that changed, are new or are gone.

    What is known is read first: a file that another process writes and notes meanwhile would be known and not there.
    """
    known = set(base.each(SQL["stats"], {"tree": place.tree, "soon": _SOON}))
    there = frozenset(look(place))
    changed = there - known
    at_hand = {path for path, _, _ in changed}
    gone = sorted(path for path, _, _ in known - there if path not in at_hand)
    return Difference(
        changed=[_seen(place, told) for told in sorted(changed)],
        gone=[Known(**row) for path in gone for row in base.all(SQL["file"], {"tree": place.tree, "path": path})],
        known=len(known),
        there=there,
    )


def behind(base: Base, place: Place, there: Iterable[Told], paths: Iterable[str]) -> list[Seen]:
    """Give the files that could not be taken in because a file had their id that is at one of the paths, or nowhere."""
    rows = base.all(SQL["problems"], {"tree": place.tree})
    waiting = {row["path"]: other for row in rows if (other := _holder(row["problem"]))}
    if not waiting:
        return []
    free, by_path = set(paths), {told[0]: told for told in there}
    over = (path for path, other in waiting.items() if other in free or other not in by_path)
    return [_seen(place, by_path[path]) for path in over if path in by_path]


def taken(path: str) -> str:
    """Say that a file has the id of the one at a path."""
    return f"{_TAKEN}{path}{_CURE}"


def _holder(problem: str) -> str | None:
    """Give the path of the file whose id another one has, where that is what is wrong with this one."""
    told = problem.startswith(_TAKEN) and problem.endswith(_CURE)
    return problem.removeprefix(_TAKEN).removesuffix(_CURE) if told else None


def look(place: Place) -> Iterator[Told]:
    """Go through all files of memories, in no order."""
    for folder, prefix in ((place.memories, "memories/"), (place.private, "local/memories/")):
        try:
            with os.scandir(folder) as entries:
                kinds = [entry.name for entry in entries if _is_folder(entry)]
            yield from (told for told in _files(str(folder), prefix) if told[0] != f"{prefix}{_ABOUT}")
            for kind in kinds:
                yield from _files(f"{folder}{os.sep}{kind}", f"{prefix}{kind}/")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise Unavailable(f"{error.filename} cannot be read ({error.strerror}).") from None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Tell whether something is a folder; one behind a link is refused, for its files would seem to be gone."""
    if entry.is_symlink() and entry.is_dir():
        raise Invalid(f"{entry.path} is a link that leads out: put the folder itself here.")
    return entry.is_dir(follow_symlinks=False)


def absolute(place: Place, path: str) -> str:
    """Give where a file is: private ones lie beside the database, which worktrees share."""
    private = path.removeprefix("local/")
    return f"{place.local}{os.sep}{private}" if private != path else f"{place.folder}{os.sep}{path}"


def is_as_known(seen: Seen, known: Known) -> bool:
    """Tell whether a file is surely as it was when somebody looked last."""
    return (seen.size, seen.mtime) == (known.size, known.mtime) and seen.mtime <= known.looked - _SOON


def differs(base: Base, place: Place, seen: Seen) -> bool:
    """Tell whether a file says something else than when somebody looked last: a copy of a store has other times."""
    known = base.one(SQL["file"], {"tree": place.tree, "path": seen.path})
    try:
        digest = hashed(contents(place, seen))
    except Invalid:
        digest = ""  # as it is noted of what is no file that we read
    except OSError:
        return True
    return known is None or known["hash"] != digest


def contents(place: Place, seen: Seen) -> bytes:
    """Read a file; Invalid where it is no file that we read."""
    if seen.link:
        raise Invalid("is a link: put the file itself here")
    if seen.size > LONGEST_BYTES:
        raise Invalid(f"is larger than {LONGEST_BYTES // 1_000_000} MB: split it into several memories")
    handle = os.open(absolute(place, seen.path), READING)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Invalid("is not a file: move it away")
        return file.read()


def hashed(content: bytes) -> str:
    """Name a file's bytes."""
    return sha256(content).hexdigest()[:32]


def _seen(place: Place, told: Told) -> Seen:
    return Seen(*told, link=Path(absolute(place, told[0])).is_symlink())


def _files(folder: str, prefix: str) -> list[Told]:
    with os.scandir(folder) as entries:
        return [
            (prefix + entry.name, (told := entry.stat(follow_symlinks=False)).st_size, told.st_mtime_ns)
            for entry in entries
            if entry.name[-3:] == SUFFIX and not entry.is_dir(follow_symlinks=False)
        ]
