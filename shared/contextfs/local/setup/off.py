"""Switch a store off on this machine, and take back every touch of what is not ours: `ctx off`."""

import shutil
from pathlib import Path

from contextfs.kit.durable import PRIVATE
from contextfs.kit.errors import ContextFSError, Invalid, Unavailable
from contextfs.local import git
from contextfs.local.git import Repository
from contextfs.local.place import Place
from contextfs.local.setup import around, driver, ledger
from contextfs.local.setup.model import Off


def off(place: Place, *, delete: bool = False) -> Off:
    """Restore every file that was touched, byte for byte, and leave memories where they are, unless `delete`.

    A file that others changed since keeps their changes: only our own lines are taken out. `ctx init` switches on
    again. Unavailable when something cannot be written; then the rest is as it was, and a second run goes on.
    """
    repository = git.repository(place.root)
    notes: list[str] = []
    outcomes = _restored(place, repository, notes)
    settings = driver.settings_file(repository).resolve() if repository else None
    if repository and settings and settings not in outcomes and _withdrawn(repository, notes):
        outcomes[settings] = "cleaned"
        notes.append("what the settings of git were before is not known: our own lines were taken out.")
    if repository and len(trees := around.worktrees(repository)) > 1:
        notes.append(f"all {len(trees)} worktrees share the store: it is off in each of them.")
    _mark(place)
    if delete:
        _delete(place)
    return Off(
        restored=tuple(path for path, outcome in outcomes.items() if outcome == "restored"),
        cleaned=tuple(path for path, outcome in outcomes.items() if outcome == "cleaned"),
        deleted=delete,
        notes=tuple(notes),
    )


def _restored(place: Place, repository: Repository | None, notes: list[str]) -> dict[Path, ledger.Outcome]:
    try:
        entries = ledger.read(place)
    except Invalid as error:
        notes.append(error.detail)
        return {}
    outcomes: dict[Path, ledger.Outcome] = {}
    for entry in entries:
        path = ledger.where(place, entry).resolve()
        outcomes[path] = ledger.restore(place, entry, lambda: repository and driver.withdraw(repository))
        if outcomes[path] == "cleaned":
            notes.append(f"{path} was changed by others since: only our own lines were taken out.")
    return outcomes


def _withdrawn(repository: Repository, notes: list[str]) -> bool:
    try:
        return driver.withdraw(repository)
    except ContextFSError as error:
        notes.append(f"the merge driver is still in the settings of git: {error.detail}")
        return False


def _mark(place: Place) -> None:
    try:
        place.local.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        place.off.touch()
    except OSError as error:
        raise Unavailable(f"{place.off} cannot be written ({error.strerror}): give the folder back.") from None


def _delete(place: Place) -> None:
    """Take the store away, with its database; a worktree leaves what others share."""
    try:
        if place.folder.is_symlink():
            shutil.rmtree(place.folder.resolve())
            place.folder.unlink()
        else:
            shutil.rmtree(place.folder)
    except OSError as error:
        raise Unavailable(f"{error.filename or place.folder} cannot be removed ({error.strerror}).") from None
