"""Reads the transcripts of conversations that went on: in a process of its own, one at a time for each store.

The transcript is the truth. A note in the spool only names it, and is thrown away when what it names was stored.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from clients.hooks.fast import SPOOL, store_of
from clients.hooks.inject import FOLDER as INJECTED
from clients.hooks.targets import TARGETS
from contextfs.adapters.transcripts import READERS
from contextfs.client.login.credentials import home
from contextfs.local import place as places
from contextfs.local.place import Place
from contextfs.local.sync.alone import alone

LOCK: Final = "reconcile.lock"
TAKEN: Final = ".taken"

_PAUSE_SECONDS: Final = 1.0
"""A tool that just ended may still be writing its last line."""
_EDITORS: Final = "GitHub.copilot-chat"
"""The folder in which Copilot in VS Code keeps its transcripts; it runs Copilot's hooks, too."""
_UNNAMED: Final = frozenset({"opencode", "cline", "cursor"})
"""Tools that may name no transcript: what they keep about a store's repository is read, once for all of their notes."""
_NOT_FOUND: Final = 3
"""How `ctx import` ends where there is nothing to import."""
_TRIES: Final = 5
_KEPT_SECONDS: Final = 30 * 24 * 3600.0

Note = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Read what waits for the store of a folder; nothing where another process does already.

    Whoever finds that another one works leaves at once, so that one looks again once it lets others work: what was
    noted meanwhile would wait for the next conversation.
    """
    place = places.find(Path(arguments[0]))
    if place is None:
        return 0
    if hasattr(os, "nice"):
        os.nice(10)
    is_due = True
    while is_due:
        with alone(place.local, LOCK) as is_mine:
            if not is_mine:
                return 0
            time.sleep(_PAUSE_SECONDS)
            reconcile(place)
        is_due = is_waiting(place)
    return 0


def is_waiting(place: Place) -> bool:
    """Tell whether something was noted that nobody has tried to read."""
    notes = (_note(file) for folder in _own(place) for file in folder.glob("*.json"))
    return any(note is not None and not note.get("tries") for note in notes)


def reconcile(place: Place) -> int:
    """Read every transcript that a note names; gives how many were stored.

    Notes are taken before anything is read, so that one reading of what a tool keeps serves all that are about it.
    """
    done = 0
    is_read: dict[str, bool] = {}
    for file in [*_taken(place)]:
        note = _note(file)
        if note is None or _is_old(file):
            file.unlink()
        elif (reader := _reader(note)) is None:
            continue  # a later version may read it
        elif _is_stored(place, reader, note, is_read):
            file.unlink()
            done += 1
        else:
            _later(file, note)
    _forget_handed(place)
    return done


def _taken(place: Place) -> Iterator[Path]:
    """Take the notes of this store, and those of its folders from the time before it had one.

    A note is renamed before it is read: what happens meanwhile is noted anew. What a killed process took is there.
    """
    own = _own(place)
    for folder in (*own, home(os.environ) / SPOOL):
        for file in sorted(folder.glob("*.json*")) if folder.is_dir() else ():
            is_ours = folder in own or _is_below(_note(file), place)
            if not is_ours and _is_old(file):
                file.unlink(missing_ok=True)
            if not is_ours or file.suffix not in {".json", TAKEN}:
                continue
            taken = file if file.suffix == TAKEN else file.with_name(file.name + TAKEN)
            with contextlib.suppress(FileNotFoundError):
                file.replace(taken)
                yield taken


def _own(place: Place) -> set[Path]:
    return {place.local / SPOOL, place.folder / "local" / SPOOL}


def _note(file: Path) -> Note | None:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    return cast("Note", found) if isinstance(found, dict) else None


def _is_below(note: Note | None, place: Place) -> bool:
    """Tell whether a note is about this store; below a folder whose store lost its settings, it is about that one."""
    root = store_of(str(note.get("cwd") or "/")) if note is not None else None
    return root is not None and Path(root) == place.root


def _reader(note: Note) -> str | None:
    """Name the reader of a note's transcript; None where there is no file, or nobody who reads it."""
    tool = str(note.get("tool"))
    reads = next((one.reads for one in TARGETS if one.name == tool), tool)
    if _EDITORS in _transcript(note):
        reads = "copilot-chat"
    is_there = _is_unnamed(reads, note) or Path(_transcript(note)).is_file()
    return reads if reads in READERS and is_there else None


def _is_unnamed(reader: str, note: Note) -> bool:
    return reader in _UNNAMED and not _transcript(note)


def _transcript(note: Note) -> str:
    """Give the transcript that a note names, or that its tool keeps by the session's name."""
    named = str(note.get("transcript") or "")
    if named or note.get("tool") != "copilot":
        return named
    folder = os.environ.get("COPILOT_HOME") or str(Path.home() / ".copilot")
    return str(Path(folder) / "session-state" / str(note.get("session")) / "events.jsonl")


def _is_stored(place: Place, reader: str, note: Note, is_read: dict[str, bool]) -> bool:
    """Import a transcript as `ctx import` does, or what a tool keeps, once; tells whether all of it was stored.

    What says nothing of this repository has nothing that a later try would find.
    """
    from clients.cli.main import run  # noqa: PLC0415 - the hook's process loads less

    os.chdir(place.root)
    if not _is_unnamed(reader, note):
        return run(["import", reader, _transcript(note)]) == 0
    if reader not in is_read:
        is_read[reader] = run(["import", reader]) in {0, _NOT_FOUND}
    return is_read[reader]


def _later(file: Path, note: Note) -> None:
    """Put a note back, to be tried at the next start; after some tries it is laid aside, where people can see it."""
    tries = int(note.get("tries") or 0) + 1
    file.write_text(json.dumps(note | {"tries": tries}), encoding="utf-8", newline="")
    file.replace(file.with_suffix("" if tries < _TRIES else ".failed"))


def _forget_handed(place: Place) -> None:
    """Forget what conversations were handed that ended long ago."""
    folder = place.local / INJECTED
    for file in folder.iterdir() if folder.is_dir() else ():
        if _is_old(file):
            file.unlink(missing_ok=True)


def _is_old(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - file.stat().st_mtime > _KEPT_SECONDS
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
