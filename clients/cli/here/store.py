"""The store of this folder, opened for a command: brought into step with its files first, errors told for people."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from clients.cli.shown import output
from contextfs.local import config, git
from contextfs.local.base.connection import FILE, Base, explained
from contextfs.local.folder import settled
from contextfs.local.model import Refreshed
from contextfs.local.place import Place
from contextfs.local.store import LocalStore


@contextmanager
def opened(
    place: Place, *, look: bool = True, accept_missing: bool = False, heed: bool = True, reads: bool = False
) -> Generator[LocalStore]:
    """Open the store. `look` takes in what people and git did to the files, and says so.

    Who only `reads` is given one that cannot be written as well, and told what is not seen in it.
    Invalid, before anything is touched, where the settings cannot be read or are of a newer version; unless these are
    not to be heeded.
    """
    if heed:
        config.read(place.config)
    try:
        base = Base.open(place.local, reads=reads)
        made = LocalStore(place, base, now=now, entropy=os.urandom, actor=lambda: actor(place.root))
        with made as store, base.read():
            if look:
                told(store.refresh(accept_missing=accept_missing))
            yield store
    except sqlite3.Error as error:
        raise explained(error, place.local / FILE) from None


def take_in(store: LocalStore, state: str | None) -> None:
    """Take in what moved, say so, and keep the state, seen before, that is in step then."""
    found = store.refresh()
    told(found)
    if not (found.problems or found.missing or store.base.is_read_only):
        settled.settle(store.base, store.place, state)


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def actor(root: Path) -> str:
    """Name who works here, as git knows them, or as the system does."""
    repository = git.repository(root)
    email = repository.email() if repository else None
    return f"user:{email or os.environ.get('CONTEXTFS_USER') or _user()}"


def _user() -> str:
    from getpass import getuser  # noqa: PLC0415 - git knows most people

    return getuser()


def told(found: Refreshed, *, problems: bool = True) -> None:
    """Say what was found in the files since the last look, and which of them cannot be read."""
    changes = [
        (found.edited, "edited"),
        (found.added, "added"),
        (found.deleted, "deleted"),
        (found.revived, "brought back"),
        (found.moved, "renamed"),
    ]
    parts = [f"{count:,} {what}" for count, what in changes if count]
    if parts:
        output.note(f"Taken in from the files: {', '.join(parts)}.")
    if found.repaired:
        output.note(f"{output.counted(found.repaired, 'file')} of an interrupted command brought into step.")
    if found.missing:
        many = output.counted(found.missing, "file")
        output.note(f"{many} are gone: if you deleted them, say so with `ctx status --deleted`; else restore them.")
    if found.unseen:
        many = output.counted(found.unseen, "file")
        output.note(f"This store can only be read here: {many} changed since it was written, which is not seen.")
    for problem in found.problems if problems else ():
        output.note(f"{problem.path}: {problem.reason}")
