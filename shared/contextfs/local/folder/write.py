"""Write files whole or not at all: beside their place first, then into it."""

import os
import stat
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from contextfs.kit.durable import PRIVATE, flush_disks, flush_folders, flush_nearest, make_folder
from contextfs.kit.durable import flush as flush_file
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.local.folder import displace
from contextfs.local.folder.displace import Look
from contextfs.local.running import is_running

READING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""How a file is opened of which nobody knows that it is one: a pipe would wait for a writer."""

_PAGE_BYTES = 4096
_UNFINISHED_SECONDS = 60.0
_AGED = 200_000_000
"""How much earlier (ns) a file of ours says it was written: whatever changes it in the same tick shows a later time."""


class Writer:
    """Writes files below one folder. `scratch` is a folder on the same file system, for what is not finished yet."""

    def __init__(self, within: Path, scratch: Path) -> None:
        self._within = within
        self._temporary = str(scratch / str(os.getpid()))
        self._scratch = scratch
        self._ready: set[str] = set()

    def replace(
        self, target: str | Path, content: bytes, *, flush: bool = True, may: Look = lambda _: True
    ) -> os.stat_result | None:
        """Put bytes into a file; gives what the file system tells of it then.

        `may` is asked of what is there once all of it is written beside, and again of what was displaced: where it says
        no, the file is as it was, and None is given. Unavailable when it cannot be written: the file is then as it was.
        Invalid where a link leads elsewhere.
        """
        return self._put(target, content, lambda beside, path: displace.put(beside, path, may), flush=flush)

    def put(self, target: str, content: bytes, *, flush: bool = True) -> os.stat_result | None:
        """Put bytes into a file where there was none; None, and it stays, where one came there meanwhile."""
        return self._put(target, content, displace.put_new, flush=flush)

    def _put(
        self, target: str | Path, content: bytes, placed: Callable[[str, str], bool], *, flush: bool
    ) -> os.stat_result | None:
        folder, name = os.path.split(target)
        try:
            self._prepare(folder)
            is_put = False
            try:
                told = _written(self._temporary, content, flush=flush)
                is_put = placed(self._temporary, f"{folder}{os.sep}{name}")
            finally:
                if not is_put:
                    with suppress(OSError):
                        os.unlink(self._temporary)  # noqa: PTH108 - thousands of files, one by one
            if not is_put:
                return None
            if flush:
                flush_folders([Path(folder)])
        except OSError as error:
            cure = "is the disk full or read-only, or the folder another user's?"
            raise Unavailable(f"{target} cannot be written ({error.strerror}): {cure}") from None
        return told

    def take_away(self, target: str, may: Look, *, flush: bool = True) -> bool:
        """Take a file away, and its folder when it was the last one; False, and it stays, where `may` says no.

        Nothing happens when it is gone. Unavailable when it cannot be taken away.
        """
        try:
            self._make_scratch()
            with suppress(FileNotFoundError):
                if not displace.take(target, self._temporary, may):
                    return False
            folder = os.path.dirname(target)  # noqa: PTH120 - as above
            with suppress(OSError):
                os.rmdir(folder)  # noqa: PTH106 - as above
                self._ready.discard(folder)
                folder = os.path.dirname(folder)  # noqa: PTH120 - as above
            if flush:
                flush_nearest(Path(folder))
        except OSError as error:
            raise Unavailable(f"{target} cannot be removed ({error.strerror}).") from None
        return True

    def _prepare(self, folder: str) -> None:
        """Make a folder, once, and see that it lies where it seems to lie."""
        if folder in self._ready:
            return
        path = Path(folder)
        make_folder(path, within=self._within)
        self._make_scratch()
        if self._scratch.is_symlink():
            raise Invalid(f"{self._scratch} is a link: replace it by a folder.")
        if not path.resolve().is_relative_to(self._within.resolve()):
            raise Invalid(f"{folder} leads out of {self._within}: replace the link by a folder.")
        self._ready.add(folder)

    def _make_scratch(self) -> None:
        """Make the folder of half-written files, in one that others may not look into."""
        self._scratch.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        self._scratch.mkdir(exist_ok=True)


def _written(path: str, content: bytes, *, flush: bool) -> os.stat_result:
    """Write a file that was not there; gives what the file system tells of it."""
    handle = _anew(path)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(handle, left) :]
        aged = time.time_ns() - _AGED
        os.utime(handle if os.utime in os.supports_fd else path, ns=(aged, aged))
        if flush:
            flush_file(handle)
        return os.fstat(handle)
    finally:
        os.close(handle)


def _anew(path: str) -> int:
    """Open a file that was not there: what a stopped command left is taken away, and no link is followed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(path, flags, 0o666)
    except FileExistsError:
        os.unlink(path)  # noqa: PTH108 - as above
        return os.open(path, flags, 0o666)


def sweep(scratch: Path, now: float) -> None:
    """Take away what stopped commands left unfinished; `now` is the time in seconds since 1970."""
    with suppress(OSError), os.scandir(scratch) as entries:
        for entry in entries:
            if entry.name.isdigit() and not is_running(int(entry.name)):
                is_old = now - entry.stat(follow_symlinks=False).st_mtime > _UNFINISHED_SECONDS
                # Another thread of this process may be writing now. Of others Windows does not tell whether they run.
                if is_old or (int(entry.name) != os.getpid() and sys.platform != "win32"):
                    os.unlink(entry.path)  # noqa: PTH108 - it is a name, not a path


def there(path: str) -> tuple[os.stat_result, bytes] | None:
    """Give a file's bytes, with what the file system told of it before; None where there is none, or a link.

    Unavailable where something else is, such as a folder or a pipe.
    """
    unlinked = getattr(os, "O_NOFOLLOW", 0)
    try:
        if not unlinked and os.path.islink(path):  # noqa: PTH114 - thousands of files, one by one
            return None
        handle = os.open(path, READING | unlinked)
    except OSError:
        if os.path.lexists(path) and not os.path.islink(path):  # noqa: PTH114 - as above
            raise
        return None
    try:
        told = os.fstat(handle)
        if not stat.S_ISREG(told.st_mode):
            raise Unavailable(f"{path} is not a file: move it away, and the next command writes it.")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return told, file.read()
    finally:
        os.close(handle)


def is_torn(there: bytes, content: bytes) -> bool:
    """Tell whether bytes are what a power cut leaves of a file: its first pages, or fewer, then nothing or zeros."""
    begun = there.rstrip(b"\0")
    is_cut = len(begun) < len(there) or len(there) % _PAGE_BYTES == 0
    return not begun or (is_cut and len(begun) < len(content) and content.startswith(begun))


def flush_all(files: Collection[str]) -> None:
    """Bring files, written or taken away without flushing, safely to the disk: on Linux many at once.

    Unavailable when the disk does not take them: they stay noted then.
    """
    above = {os.path.dirname(file) for file in files}  # noqa: PTH120 - as above
    folders = {_nearest(Path(folder)): None for folder in above}
    try:
        if sys.platform == "linux" and len(files) > 1:
            flush_disks(folders)
        else:
            _flush_each(files)
            flush_folders(folders)
    except OSError as error:
        where = error.filename or next(iter(folders))
        raise Unavailable(f"{where} is not safe on the disk ({error.strerror}): free it, or look after it.") from None


def _flush_each(files: Collection[str]) -> None:
    for path in files:
        with suppress(FileNotFoundError), Path(path).open("rb+") as file:
            flush_file(file.fileno())


def _nearest(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())
