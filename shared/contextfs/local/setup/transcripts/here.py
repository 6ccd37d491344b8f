"""Whether a conversation was had here: by the folder that it names, or by the address of the repository."""

import os
import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import msgspec

from contextfs.local.setup.around import same_place

_FILE: Final = "file://"
_WSL: Final = re.compile(r"vscode-remote://wsl\+([^/]+)(/.*)?", re.IGNORECASE)
_WSL_SHARE: Final = re.compile(r"//wsl(?:\$|\.localhost)/([^/]+)(/.*)?", re.IGNORECASE)
_MOST_FOLDERS: Final = 4096


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """The folders of one repository, as tools may have called them, and its address elsewhere."""

    folders: tuple[str, ...]
    remote: str | None = None

    def holds(self, folder: object) -> bool:
        """Tell whether a folder, in a tool's record a path or an address, is one of these or below.

        One of another machine (`vscode-remote://…`) is not, whatever its path. A path that is spelled otherwise is
        one of these where it leads there: by a link, or with other capitals where these make no difference.
        """
        if not isinstance(folder, str) or not folder:
            return False
        plain = _plain(folder)
        return any(_is_below(plain, own) for own in self.folders) or _leads_to(plain, self.folders)

    def is_remote(self, address: object) -> bool:
        """Tell whether an address in a tool's record is the repository's."""
        return isinstance(address, str) and self.remote is not None and same_place(address, self.remote)


def here(folders: Iterable[Path], remote: str | None = None) -> Here:
    """Name folders as tools do: by the path that was gone to, and by where links lead."""
    names = (name for folder in folders for name in (str(folder.absolute()), str(folder.resolve())))
    return Here(folders=tuple(dict.fromkeys(map(_plain, names))), remote=remote)


def _is_below(path: str, own: str) -> bool:
    return path == own or path.startswith(f"{own.rstrip('/')}/")


def _plain(folder: str) -> str:
    """Spell a path in one way; a drive's letter is the same in both cases, and so is what a share of Windows has."""
    path = folder
    if folder.startswith(_FILE):
        host, _, rest = unquote(folder.removeprefix(_FILE)).partition("/")
        path = f"/{rest}" if host in {"", "localhost"} else f"//{host}/{rest}"
    elif "://" in folder:
        path = unquote(folder)
    path = path.replace("\\", "/") if _drive(path) or "/" not in path else path
    path = path.removeprefix("/") if _drive(path.removeprefix("/")) else path
    if distribution := _WSL.fullmatch(path) or _WSL_SHARE.fullmatch(path):
        return f"wsl:{distribution[1].lower()}{posixpath.normpath(distribution[2] or '/')}"
    if "://" in path:
        return path.rstrip("/")
    path = posixpath.normpath(path)
    return path.lower() if _drive(path) or path.startswith("//") else path


def _drive(path: str) -> bool:
    return len(path) > 1 and path[0].isascii() and path[0].isalpha() and path[1] == ":"


@lru_cache(_MOST_FOLDERS)
def _leads_to(path: str, own: tuple[str, ...]) -> bool:
    """Ask the file system whether a path leads to one of these; of another machine's, nothing is asked."""
    if not Path(path).is_absolute() or path.startswith("//"):
        return False
    try:
        real = Path(os.path.realpath(path))
    except ValueError:
        return False
    ours = {_identity(one) for one in own} - {None}
    return any(_identity(one) in ours for one in (real, *real.parents))


def _identity(path: str | Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - of texts and paths alike
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino
