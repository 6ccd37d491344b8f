"""What setting up finds and does, as plain values: printing them is for commands."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from contextfs.local.config import ProjectNamed
from contextfs.local.place import Place


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """The machine around a store: `platform` is spelled as `sys.platform`, `executable` is this Python.

    `environment` has the variables of the process that was called; none is read from elsewhere.
    """

    home: Path
    environment: Mapping[str, str]
    platform: str
    executable: Path

    @property
    def settings(self) -> Path:
        """The folder in which programs keep their settings."""
        match self.platform:
            case "darwin":
                return self.home / "Library" / "Application Support"
            case "win32":
                return Path(self.environment.get("APPDATA") or self.home / "AppData" / "Roaming")
            case _:
                return Path(self.environment.get("XDG_CONFIG_HOME") or self.home / ".config")

    def chosen(self, variable: str, usual: str) -> Path:
        """Give a folder of the home, or what a variable says instead."""
        return Path(self.environment.get(variable) or self.home / usual)


class GitFound(msgspec.Struct, frozen=True, kw_only=True):
    """The repository around a store. `remote` is its address without a name or password; `driver` tells of merging."""

    root: Path
    branch: str | None
    remote: str | None
    worktrees: tuple[Path, ...]
    driver: bool


class ToolFound(msgspec.Struct, frozen=True, kw_only=True):
    """An AI tool that was used on this machine, and the folder that tells."""

    name: str
    title: str
    folder: Path


class InstructionFound(msgspec.Struct, frozen=True, kw_only=True):
    """A file with instructions for agents; `path` is below the store's root, with slashes; `size` in bytes."""

    path: str
    reader: str
    size: int


class TranscriptsFound(msgspec.Struct, frozen=True, kw_only=True):
    """Files of one tool's conversations about this repository; `size` in bytes, `readable` where we can import them."""

    tool: str
    files: tuple[Path, ...]
    size: int
    readable: bool


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A store that is ready, and what there is around it.

    `changed` names the files that were written, none when all was in order already; `notes` are lines for the user.
    """

    place: Place
    project: ProjectNamed
    created: bool
    changed: tuple[str, ...]
    git: GitFound | None
    tools: tuple[ToolFound, ...]
    instructions: tuple[InstructionFound, ...]
    transcripts: tuple[TranscriptsFound, ...]
    notes: tuple[str, ...]


class Off(msgspec.Struct, frozen=True, kw_only=True):
    """What switching off did: files that are again as they were, byte by byte, and those that others changed since.

    Of the latter only our own lines were taken out. `deleted` tells whether the store itself is gone.
    """

    restored: tuple[Path, ...]
    cleaned: tuple[Path, ...]
    deleted: bool
    notes: tuple[str, ...]
