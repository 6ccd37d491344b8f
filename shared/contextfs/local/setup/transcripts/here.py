"""Whether a conversation was had here: by the folder that it names, or by the address of the repository."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import msgspec

from contextfs.local.setup.around import same_place

_FILE: Final = "file://"


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """The folders of one repository, as tools may have called them, and its address elsewhere."""

    folders: tuple[str, ...]
    remote: str | None = None

    def holds(self, folder: object) -> bool:
        """Tell whether a folder, in a tool's record a path or a `file://` address, is one of these or below."""
        if not isinstance(folder, str) or not folder:
            return False
        plain = _plain(folder)
        return any(plain == own or plain.startswith(f"{own}/") for own in self.folders)

    def is_remote(self, address: object) -> bool:
        """Tell whether an address in a tool's record is the repository's."""
        return isinstance(address, str) and self.remote is not None and same_place(address, self.remote)


def here(folders: Iterable[Path], remote: str | None = None) -> Here:
    """Name folders as tools do: by the path that was gone to, and by where links lead."""
    names = (name for folder in folders for name in (str(folder.absolute()), str(folder.resolve())))
    return Here(folders=tuple(dict.fromkeys(map(_plain, names))), remote=remote)


def _plain(folder: str) -> str:
    """Spell a path in one way; a drive's letter is the same in both cases."""
    path = unquote(folder.removeprefix(_FILE)) if folder.startswith(_FILE) else folder
    path = path.replace("\\", "/") if _drive(path) or "/" not in path else path
    path = path.removeprefix("/") if _drive(path.removeprefix("/")) else path
    return (path.lower() if _drive(path) else path).rstrip("/") or "/"


def _drive(path: str) -> bool:
    return len(path) > 1 and path[0].isascii() and path[0].isalpha() and path[1] == ":"
