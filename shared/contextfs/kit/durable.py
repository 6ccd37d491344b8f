"""Bring files and the names that lead to them safely to the disk: a flushed file is lost with its name.

On macOS `fsync` leaves what is written in the drive's own cache, and `F_FULLFSYNC` empties that (fsync(2), fcntl(2)).
"""

import errno
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_NO_SUCH_THING = {errno.EINVAL, errno.EBADF, errno.ENOTSUP}
"""What a file system answers that cannot flush a folder."""


def flush(handle: int) -> None:
    """Bring an open file safely to the disk."""
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - Windows has none

        with suppress(OSError):  # some file systems, such as those of a network, have no such call
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def flush_disks(folders: Iterable[Path]) -> None:
    """Bring all that was written to the file systems of some folders safely to their disks, others' files too.

    Linux only, by syncfs(2): `sync` would wait for every disk of the machine, and tell of no error.
    """
    if sys.platform == "win32":
        return
    import ctypes  # noqa: PLC0415 - for thousands of files at once

    syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    for folder in {one.stat().st_dev: one for one in folders}.values():
        try:
            handle = os.open(folder, os.O_RDONLY)
        except PermissionError:  # as below
            os.sync()
            continue
        try:
            if syncfs(handle):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
        finally:
            os.close(handle)


def flush_folders(folders: Iterable[Path]) -> None:
    """Bring the names in folders safely to the disk, the last one's after the others'; Windows does so by itself."""
    if sys.platform == "win32":
        return
    these = list(dict.fromkeys(folders))
    for folder in these:
        try:
            handle = os.open(folder, os.O_RDONLY)
        except PermissionError:  # one may be allowed to write in a folder, and not to read it
            os.sync()
            continue
        try:
            _flush_names(handle, is_last=folder == these[-1])
        finally:
            os.close(handle)


def flush_nearest(folder: Path) -> None:
    """Bring the names in a folder safely to the disk; where it is gone, those in the nearest one above it."""
    while True:
        try:
            flush_folders([folder])
        except FileNotFoundError:
            folder = folder.parent
        else:
            return


PRIVATE = 0o777 if os.name == "nt" else 0o700
"""The mode of a folder for its owner alone; on Windows it has the access that the folder around it gives."""


def close(path: Path) -> None:
    """Take a folder or file of ours from everybody else, where it is open to them; another owner's stays as it is."""
    if os.name == "nt":
        return
    with suppress(OSError):
        mode = path.stat().st_mode
        if mode & 0o077:
            path.chmod(mode & PRIVATE)


def make_folder(folder: Path, *, within: Path, mode: int = 0o777) -> None:
    """Make a folder within another one, and all that lead to it, where they are missing; their names are safe then.

    Those that are there already are flushed, too, up to that of `within`: whoever made them may have been ended before
    he did so. `mode` is that of the folder itself, where it is made now.
    """
    leading = [folder, *folder.parents]
    first = next((number for number, one in enumerate(leading) if one.exists()), len(leading))
    last = leading.index(within) + 1 if within in leading else 1
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    flush_folders(one.parent for one in leading[: max(first, last)])


def put(written: Path, target: Path) -> None:
    """Put a file that was written and flushed into its place, so that this is safe, too."""
    written.replace(target)
    flush_folders([target.parent])


def _flush_names(handle: int, *, is_last: bool) -> None:
    try:
        if is_last:
            flush(handle)  # on macOS it empties the cache of the drive, with what the others left in it
        else:
            os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SUCH_THING:
            raise
