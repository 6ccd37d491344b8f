"""A glance at the files: whether anything moved since the last look that found all in step. It reads no file.

A look compares each file with what is known of it; a command that only reads is spared that when nothing moved. It
does not say what moved: that is the look's. Standard library only, and little of it: `ctx status` loads nothing else.
"""

import marshal
import os
import sys
import time

from contextfs.kit.digest import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Entries = Sequence[os.DirEntry[str]]

FOLDER = ".contextfs"

_SOON = 100_000_000
"""A file that was changed this shortly before the glance (ns) may have changed again in the same tick of its clock."""
_WORTH_HELP = 2_000
"""So many files are looked at by two processes: git takes threads, which Python runs one at a time."""
_PLAIN = 2
"""The form of marshal that tells equal values alike, however they are held."""

Told = tuple[str, int, int, int, int]
"""A file's name, size, times of change of what it says and of what is noted of it (ns), and its number on the disk."""
Part = tuple[bytes, int]
"""A name for the state of some files, and the latest time at which one of them changed (ns)."""


def seen(folders: "Iterable[str]", files: "Iterable[str]", *, helped: bool = True) -> str | None:
    """Name the state of all files in some folders' folders, and of some files alone; None while something moves.

    What is told of a file is what git's index keeps of it. One that was changed just now is not trusted. Where there
    are many, another process helps, unless it is not to.
    """
    digest = blake2b(digest_size=16)
    latest = 0
    try:
        for folder in folders:
            latest = max(latest, _folder(folder, digest.update, helped=helped))
    except OSError:
        return None
    alone = [_alone(file) for file in files]
    digest.update(marshal.dumps(alone, _PLAIN))
    latest = max(latest, *(told[2] for told in alone), 0)
    return None if latest > time.time_ns() - _SOON else digest.hexdigest()


def root(start: str) -> str:
    """Find the nearest folder with a store, or with what is left of one; the last one above, where there is none."""
    here = start
    while not os.path.lexists(f"{here}{os.sep}{FOLDER}") and (above := os.path.dirname(here)) != here:
        here = above
    return here


def git_files(root: str, names: "Iterable[str]" = ("HEAD", "logs/HEAD")) -> list[str]:
    """Name the files that git writes whenever it checks out, commits or merges, for the repository of a folder."""
    here = root
    while not os.path.lexists(dot := f"{here}{os.sep}.git"):
        above = os.path.dirname(here)
        if above == here:
            return []
        here = above
    if os.path.isfile(dot):  # a worktree or a submodule names its part of the repository
        with open(dot, encoding="utf-8", errors="surrogateescape") as pointer:
            dot = os.path.join(here, pointer.read().removeprefix("gitdir:").strip())
    return [os.path.join(dot, name) for name in names]


def _folder(folder: str, note: "Callable[[bytes], object]", *, helped: bool) -> int:
    """Note what is in a folder and in its folders; gives the latest time of change."""
    try:
        with os.scandir(folder) as entries:
            kinds = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except FileNotFoundError:
        return 0
    note(marshal.dumps(kinds, _PLAIN))
    latest = 0
    for name, is_folder in kinds:
        path = f"{folder}{os.sep}{name}"
        digest, last = _kind(path, helped=helped) if is_folder else _beside(path)
        note(digest)
        latest = max(latest, last)
    return latest


def _beside(path: str) -> Part:
    told = _alone(path)
    return marshal.dumps(told, _PLAIN), told[2]


def _kind(folder: str, *, helped: bool) -> Part:
    """Look at all files of a folder. By its handle each is found at once, and not from the root on."""
    handle = os.open(folder, os.O_RDONLY) if os.scandir in os.supports_fd else None
    try:
        with os.scandir(folder if handle is None else handle) as listed:
            entries = list(listed)
        half = len(entries) // 2
        look = _by_two if helped and len(entries) >= _WORTH_HELP and may_fork() else _by_one
        return look(entries[:half], entries[half:])
    finally:
        if handle is not None:
            os.close(handle)


def _part(entries: "Entries") -> Part:
    told: list[Told] = []
    for entry in entries:
        one = entry.stat(follow_symlinks=False)
        told.append((entry.name, one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_ino))
    return blake2b(marshal.dumps(told, _PLAIN), digest_size=16).digest(), max((one[2] for one in told), default=0)


def _by_one(ours: "Entries", others: "Entries") -> Part:
    (first, latest), (second, last) = _part(ours), _part(others)
    return first + second, max(latest, last)


def _by_two(ours: "Entries", others: "Entries") -> Part:
    """Have a child look at one half. It does nothing else: what it has of ours it neither uses nor closes."""
    if not hasattr(os, "fork"):
        return _by_one(ours, others)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, marshal.dumps(_part(others), _PLAIN))
        finally:
            os._exit(0)
    os.close(writer)
    try:
        first, latest = _part(ours)
        answer = os.read(reader, 1024)
    finally:
        os.close(reader)
        os.waitpid(child, 0)
    if not answer:
        raise OSError
    second, last = marshal.loads(answer)  # noqa: S302 - our own child wrote it
    return first + second, max(latest, last)


def may_fork() -> bool:
    """Tell whether a child helps, and does no harm: no other thread runs here that could hold a lock for good."""
    threading = sys.modules.get("threading")
    is_alone = threading is None or threading.active_count() == 1
    return hasattr(os, "fork") and is_alone and (os.cpu_count() or 1) > 1


def _alone(file: str) -> Told:
    try:
        one = os.stat(file)
    except OSError:
        return "", 0, 0, 0, 0
    return file, one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_ino
