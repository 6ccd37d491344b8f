"""A glance that another process takes while this one still loads what it needs: it is over by the time it is asked for.

For a program that runs one command and ends: what was begun is asked for once, by who asks for the same. Standard
library only, and little of it.
"""

import os

from contextfs.local.folder import glance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Wanted = tuple[tuple[str, ...], tuple[str, ...]]

_WORTH_HELP = 8_000_000
"""A database of this size (bytes) knows some thousands of files; fewer are looked at sooner than a process begins."""
_MOVING = b"-"
_LONGEST = 1024

_begun: "dict[Wanted, tuple[int, int]]" = {}
"""What is being looked at, with the process that does, and where its answer is read."""


def begin() -> None:
    """Begin to look at the files of the working folder's store, where there are many and another process may help.

    A linked worktree has its database elsewhere, and its files are looked at when they are asked for.
    """
    try:
        root = glance.root(os.getcwd())
        folder = f"{root}{os.sep}{glance.FOLDER}"
        local = f"{folder}{os.sep}local"
        is_large = os.path.getsize(f"{local}{os.sep}index.db") >= _WORTH_HELP
        if not (is_large and hasattr(os, "fork") and glance.may_fork()):
            return
        wanted = _wanted((f"{folder}{os.sep}memories", f"{local}{os.sep}memories"), glance.git_files(root))
        reader, writer = os.pipe()
        child = os.fork()
    except OSError:
        return
    if child == 0:
        try:
            os.write(writer, (glance.seen(*wanted, helped=False) or "").encode() or _MOVING)
        finally:
            os._exit(0)
    os.close(writer)
    _begun[wanted] = child, reader


def is_begun(folders: "Sequence[str]", files: "Sequence[str]") -> bool:
    """Tell whether these are being looked at."""
    return _wanted(folders, files) in _begun


def seen(folders: "Sequence[str]", files: "Sequence[str]") -> str | None:
    """Name the state of these as `glance.seen` does: as the other process found it, where one was begun for them."""
    begun = _begun.pop(_wanted(folders, files), None)
    if begun is None:
        return glance.seen(folders, files)
    child, reader = begun
    try:
        answer = os.read(reader, _LONGEST)
    finally:
        os.close(reader)
        os.waitpid(child, 0)
    if not answer:  # it was stopped
        return glance.seen(folders, files)
    return None if answer == _MOVING else answer.decode()


def forget() -> None:
    """Throw away what was begun: the files are looked at when they are asked for."""
    while _begun:
        _, (child, reader) = _begun.popitem()
        os.close(reader)
        os.waitpid(child, 0)


def _wanted(folders: "Sequence[str]", files: "Sequence[str]") -> "Wanted":
    return (*folders,), (*files,)
