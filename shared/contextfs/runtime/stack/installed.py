"""What a stack is made of: the files of our packages, the libraries that they need, and the embedding model."""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from os import scandir
from os.path import relpath
from pathlib import Path

_PACKAGES = ("contextfs", "functions")
_OWN = "contextfs-platform"
_EXTRAS = ("server", "mcp", "sso", "otlp", "cache")
_REQUIRED = re.compile(r"([\w.-]+)(?:.*extra == ['\"]([\w-]+)['\"])?")


def fingerprint(model: Path) -> str:
    """Give what changes when an update, or another installation, brings other code, libraries or another model.

    Names, sizes and times of files are compared, and none is read. A file that is as it was under another time counts
    as changed; where the packages lie does not count. Another Python counts.
    """
    code = [sources(Path(place)) for package in _PACKAGES for place in _places(package)]
    seen = model.stat() if model.exists() else None
    told = (sys.version, code, _libraries(), None if seen is None else (seen.st_size, seen.st_mtime_ns))
    return sha256(repr(told).encode()).hexdigest()[:16]


def sources(folder: Path) -> list[tuple[str, int, int]]:
    """List the sources below a folder in order: path in it, size (bytes) and time (nanoseconds).

    A file that goes in this moment is left out, and so is a link to nothing, which editors leave for what they edit.
    """
    found: list[tuple[str, int, int]] = []
    folders = [str(folder)]
    while folders:
        with suppress(FileNotFoundError), scandir(folders.pop()) as entries:
            for one in entries:
                if one.name.endswith((".py", ".sql")):
                    with suppress(FileNotFoundError):
                        seen = one.stat()
                        found.append((relpath(one.path, folder), seen.st_size, seen.st_mtime_ns))
                elif one.name != "__pycache__" and one.is_dir():
                    folders.append(one.path)
    return sorted(found)


def _places(package: str) -> Iterator[str]:
    spec = find_spec(package)
    yield from (spec.submodule_search_locations or ()) if spec else ()


def _libraries() -> list[str]:
    """Name the libraries of a server that are installed, each with its version."""
    try:
        own = metadata.distribution(_OWN)
    except metadata.PackageNotFoundError:
        return []
    asked = (_REQUIRED.match(line) for line in own.requires or ())
    needed = {_plain(one[1]) for one in asked if one and one[2] in {None, *_EXTRAS}} | {_plain(_OWN)}
    with scandir(Path(str(own.locate_file("")))) as entries:
        found = [one.name for one in entries if one.name.endswith(".dist-info")]
    return sorted(name for name in found if _plain(name.partition("-")[0]) in needed)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
