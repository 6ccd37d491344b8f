"""The files of a store that are committed: made when they are missing, completed when a line is, else left alone."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from contextfs.kit.durable import PRIVATE, make_folder
from contextfs.kit.errors import Conflict, Invalid, Unavailable
from contextfs.local import config
from contextfs.local.config import ProjectNamed
from contextfs.local.folder.write import Writer
from contextfs.local.git import Repository
from contextfs.local.place import CONFIG, FOLDER, LOCAL, Place

IGNORED: Final = f"{LOCAL}/"
PATTERN: Final = "memories/**/*.md"
ATTRIBUTES: Final = ("text", "eol=lf", "merge=contextfs")

_LONGEST_NAME = 200


def checked(place: Place, repository: Repository | None, project: UUID | None = None) -> ProjectNamed | None:
    """Give the project of a store that is there, None where there is none yet; Invalid where one cannot be.

    Conflict where the store is another project's than `project`, and where the settings are lost and git still has
    them: fresh ones would make another project of it.
    """
    for path in (place.folder, place.memories, place.folder / LOCAL, place.local):
        if os.path.lexists(path) and not path.is_dir():
            raise Invalid(f"{path} is in the way, and no folder: move it away, then run `ctx init` again.")
    if os.path.lexists(place.config):
        known = config.read(place.config).project
        if project not in {None, known.id}:
            raise Conflict(f"{place.folder} is the store of {known.name} ({known.id}): choose another folder.")
        return known
    if repository and repository.maybe("ls-files", "--", f"{place.root.absolute()}/{FOLDER}/{CONFIG}"):
        raise Conflict(
            f"{place.config} is missing, and git has it: `git checkout -- {FOLDER}/{CONFIG}` in {place.root}."
        )
    return None


def lay_out(place: Place, *, name: str, new_id: Callable[[], UUID]) -> Iterator[Path]:
    """Write what is missing of a store; gives the files that were written. Unavailable where that cannot be."""
    writer = Writer(place.folder, place.folder / LOCAL / "tmp")
    contents: dict[Path, Callable[[str], str]] = {
        place.folder / ".gitignore": _with_ignored,
        place.folder / ".gitattributes": _with_attributes,
        place.config: lambda text: text or config.fresh(ProjectNamed(id=new_id(), name=name)),
    }
    for path, completed in contents.items():
        before = _text(path)
        after = completed(before)
        if after != before:
            writer.replace(path, after.encode("utf-8", "surrogateescape"))
            yield path
    _make(place.memories)
    _make(place.local, PRIVATE)
    within = place.local / ".gitignore"
    if not within.exists():
        # A worktree may be the first to have a store: then no file of the main one tells git to ignore this.
        Writer(place.local, place.local / "tmp").replace(within, b"*\n")


def named(text: str) -> str:
    """Give a project's name from any text."""
    plain = "".join(one for one in text if one.isprintable()).strip()
    return plain[:_LONGEST_NAME] or "project"


def is_ignored(text: str) -> bool:
    """Tell whether a `.gitignore` names our own folder."""
    return any(line.strip().strip("/") == LOCAL for line in text.splitlines())


def has_attributes(text: str) -> bool:
    """Tell whether a `.gitattributes` gives memories their line ends and their way of merging."""
    given = [word for line in text.splitlines() if line.split()[:1] == [PATTERN] for word in line.split()[1:]]
    return set(ATTRIBUTES) <= set(given)


def _with_ignored(text: str) -> str:
    return text if is_ignored(text) else f"{_ended(text)}{IGNORED}\n"


def _with_attributes(text: str) -> str:
    return text if has_attributes(text) else f"{_ended(text)}{PATTERN} {' '.join(ATTRIBUTES)}\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Unavailable(f"{path} cannot be read ({error.strerror}): give it back to yourself.") from None


def _make(folder: Path, mode: int = 0o777) -> None:
    try:
        make_folder(folder, within=folder.parent, mode=mode)
    except OSError as error:
        cure = "is the disk full or read-only, or the folder another user's?"
        raise Unavailable(f"{folder} cannot be made ({error.strerror}): {cure}") from None
