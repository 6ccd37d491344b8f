"""The last report of `ctx status`, told again as long as nothing that it told of has moved.

Standard library only, and little of it: what is compared are the names, sizes and times of all files of memories, of
the settings, of the database, and of what git has checked out. One thing that differs, and the report is made anew.
"""

import os
import sys

from clients.cli import colour
from contextfs.local.folder import glance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_FOLDER = ".contextfs"


def told(arguments: "Sequence[str]", start: str) -> bool:
    """Tell the last report of the store that a folder lies in, if it is still true; False when it has to be made."""
    if [*arguments] not in ([], ["--json"]):
        return False
    root = _root(start)
    try:
        with open(_file(root, json=bool(arguments)), encoding="utf-8", newline="") as file:
            report, local, state = file.read().rsplit("\n", 2)
    except (OSError, ValueError):
        return False
    if state != seen(root, local):
        return False
    sys.stdout.write(report)
    return True


def seen(root: str, local: str) -> str | None:
    """Name the state of all that a report tells of; None while something moves. `local` is where its database is."""
    folder, base = f"{root}{os.sep}{_FOLDER}", f"{local}{os.sep}index.db"
    if any(map(os.path.islink, (folder, f"{folder}{os.sep}memories", f"{folder}{os.sep}local"))):
        return None  # whether it leads out is for those to say who tell the cure
    alone = [f"{folder}{os.sep}config.toml", f"{local}{os.sep}off", base, *_written_ahead(base), __file__]
    try:
        alone += glance.git_files(root)
    except OSError:
        return None
    return glance.seen((f"{folder}{os.sep}memories", f"{local}{os.sep}memories"), alone)


def keep(root: str, local: str, state: str | None, report: str, *, json: bool) -> None:
    """Keep a report with the state that was seen before it was made; where that cannot be, the next is made anew."""
    if state is None:
        return
    file = _file(root, json=json)
    beside = f"{file}.{os.getpid()}"
    try:
        with open(beside, "w", encoding="utf-8", newline="") as kept:
            kept.write(f"{report}\n{local}\n{state}")
        os.replace(beside, file)
    except (OSError, ValueError):
        return


def _root(start: str) -> str:
    """Find the nearest folder with a store, or with what is left of one."""
    here = start
    while not os.path.lexists(f"{here}{os.sep}{_FOLDER}") and (above := os.path.dirname(here)) != here:
        here = above
    return here


def _file(root: str, *, json: bool) -> str:
    """Give where a report is kept: there is one for programs, and for people one with colours and one without."""
    kind = "json" if json else "colour" if colour.is_welcome(sys.stdout) else "text"
    return f"{root}{os.sep}{_FOLDER}{os.sep}local{os.sep}status.{kind}"


def _written_ahead(base: str) -> list[str]:
    """Name the file of what SQLite has not moved into a database yet; an empty one comes and goes with each reader."""
    ahead = f"{base}-wal"
    try:
        return [ahead] if os.path.getsize(ahead) else []
    except OSError:
        return []
