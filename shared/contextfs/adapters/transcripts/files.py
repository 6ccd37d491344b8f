"""All the reading from disk: files of a folder, one file's bytes, and their limits."""

import os
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from stat import S_ISREG
from zipfile import BadZipFile, ZipFile

from contextfs.kit.errors import BadInput, ContextFSError, NotFound, TooLarge

MAX_FILE_BYTES = 1 << 30
MAX_BESIDE_BYTES = 64 << 20

Beside = Mapping[str, bytes]
"""What lies beside a file, by the names that its reader asked for, and `FOLDER`."""
ALONE: Beside = {}
FOLDER = "."
"""The name under which a reader is told the path of the folder that the file lies in."""


def read(path: Path, *, limit: int = MAX_FILE_BYTES) -> bytes:
    """Read a whole file; NotFound, BadInput when it cannot be read, TooLarge above `limit` bytes."""
    if path.exists() and not _is_regular(path):
        raise BadInput(f"{path} is not a file.", where=str(path))
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.", where=str(path)) from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", where=str(path)) from error
    if len(data) > limit:
        raise TooLarge(f"{path} is larger than {limit:,} bytes; split it, or import it by hand.", where=str(path))
    return data


def readable(paths: Mapping[str, Path]) -> dict[str, bytes]:
    """Read what lies beside a file; what is not there, cannot be read or is larger than 64 MiB is left out."""
    read_so_far: dict[str, bytes] = {}
    for name, path in paths.items():
        try:
            read_so_far[name] = read(path, limit=MAX_BESIDE_BYTES)
        except ContextFSError:
            continue
    return read_so_far


def every(path: Path) -> bool:
    """Tell that a file is one to read by itself: the answer of tools that have no other."""
    del path
    return True


def nothing(path: Path) -> dict[str, Path]:
    """Give no files beside this one: the answer of tools whose files say everything."""
    del path
    return {}


def walk(root: Path, patterns: Iterable[str]) -> Iterator[Path]:
    """Give `root` itself when it is a file, else every regular file below it that a pattern names, in order.

    Linked folders are not entered, and pipes and devices are left alone. NotFound when there is no such path.
    """
    if not root.exists():
        raise NotFound(f"There is no file or folder {root}.", where=str(root))
    if not root.is_dir():
        yield root
        return
    wanted = tuple(patterns)
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if any(fnmatch(name.lower(), pattern) for pattern in wanted) and _is_regular(path):
                yield path


def found(places: Iterable[tuple[Path, str]]) -> list[Path]:
    """Give the regular files that match (folder, glob) pairs, each once, in order; missing folders are no error."""
    paths = {path for folder, pattern in places for path in _glob(folder, pattern) if _is_regular(path)}
    return sorted(paths)


def names_in_zip(path: Path) -> list[str]:
    """List what a zip holds, by its directory alone; nothing when it is no readable zip."""
    try:
        with ZipFile(path) as archive:
            return archive.namelist()
    except (BadZipFile, OSError, ValueError):
        return []


def _glob(folder: Path, pattern: str) -> Iterator[Path]:
    try:
        yield from folder.glob(pattern)
    except OSError:
        return


def _is_regular(path: Path) -> bool:
    try:
        return S_ISREG(path.stat().st_mode)
    except OSError:
        return False
