"""Write a file whole or not at all: beside its place first, then into it."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from contextfs.kit.errors import Invalid, Unavailable


def replace(target: Path, content: bytes, *, scratch: Path, within: Path, flush: bool = True) -> os.stat_result:
    """Put bytes into a file; gives what the file system tells of it then.

    `scratch` is a folder on the same file system; `within` is the folder that the file must not leave. Unavailable
    when it cannot be written: the file is then as it was.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _stay(target.parent, within)
        scratch.mkdir(parents=True, exist_ok=True)
        temporary = scratch / f"{os.getpid()}-{target.name}"
        try:
            with temporary.open("wb") as file:
                file.write(content)
                if flush:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        if flush:
            flush_folders([target.parent])
        return target.stat()
    except OSError as error:
        raise Unavailable(
            f"{target} cannot be written ({error.strerror}): free the disk, or give the folder back."
        ) from None


def remove(target: Path) -> None:
    """Take a file away, and its folder when it was the last one; nothing happens when it is gone."""
    try:
        with suppress(FileNotFoundError):
            target.unlink()
        with suppress(OSError):
            target.parent.rmdir()
    except OSError as error:
        raise Unavailable(f"{target} cannot be removed ({error.strerror}).") from None


def flush_all(files: Iterable[Path]) -> None:
    """Bring many files, written without flushing, safely to the disk, with one call where the system has one."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in files:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


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


def _stay(folder: Path, within: Path) -> None:
    if not folder.resolve().is_relative_to(within.resolve()):
        raise Invalid(f"{folder} leads out of {within}: replace the link by a folder.")
