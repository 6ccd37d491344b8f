"""The last report of `ctx status`, told again as long as nothing that it told of has moved.

Standard library only, and little of it: what is compared are the names, sizes and times of all files of memories, of
the settings, of the database, and of what git has checked out. One thing that differs, and the report is made anew.
Where there are thousands of memories, all of them as git has committed them, git is asked whether they still are.
"""

import os
import sys
import time

from clients.cli.here import committed
from clients.cli.shown import colour
from contextfs.local.folder import glance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_MEMORIES = f"{glance.FOLDER}/memories"
_WORTH_GIT = 2_000
"""Of so many files git tells sooner than Python that none of them moved, its start included."""
_LARGEST_INDEX = 10_000_000
"""Git reads the index of its whole repository for that: one of this size (bytes) in the time that is won."""


def told(arguments: "Sequence[str]", start: str) -> bool:
    """Tell the last report of the store that a folder lies in, if it is still true; False when it has to be made."""
    if [*arguments] not in ([], ["--json"]):
        return False
    root = glance.root(start)
    try:
        with open(_file(root, json=bool(arguments)), encoding="utf-8", newline="") as file:
            report, local, state, clean = file.read().rsplit("\n", 3)
    except (OSError, ValueError):
        return False
    is_as_committed = clean and clean == around(root, local) and committed.is_clean(root, _MEMORIES)
    if not is_as_committed and state != seen(root, local):
        return False
    sys.stdout.write(report)
    return True


def seen(root: str, local: str) -> str | None:
    """Name the state of all that a report tells of; None while something moves. `local` is where its database is."""
    return _state(root, local, [f"{root}{os.sep}{glance.FOLDER}{os.sep}memories"], git=("HEAD", "logs/HEAD"))


def around(root: str, local: str) -> str | None:
    """Name the state of all of that but the memories which git may track, and of git's index; None as above."""
    return _state(root, local, [], git=("HEAD", "logs/HEAD", "index"))


def _state(root: str, local: str, folders: "Sequence[str]", *, git: "Sequence[str]") -> str | None:
    folder, base = f"{root}{os.sep}{glance.FOLDER}", f"{local}{os.sep}index.db"
    if any(map(os.path.islink, (folder, f"{folder}{os.sep}memories", f"{folder}{os.sep}local"))):
        return None  # whether it leads out is for those to say who tell the cure
    spools = sorted({f"{one}{os.sep}spool" for one in (local, f"{folder}{os.sep}local")})
    alone = [f"{folder}{os.sep}config.toml", f"{local}{os.sep}off", *spools, base, *_written_ahead(base), __file__]
    try:
        alone += glance.git_files(root, git)
    except OSError:
        return None
    return glance.seen((*folders, f"{local}{os.sep}memories"), alone)


class Before:
    """What was seen before a report was made."""

    def __init__(self, root: str, local: str) -> None:
        self.root = root
        self.local = local
        self.state = seen(root, local)
        self.around = around(root, local)

    def clean(self, memories: int) -> str:
        """Name what was around the memories, if git tells of all of them that they are as committed; else nothing.

        What was not so while the report was made was taken into the database, which is seen around them. Git may
        compare times by the second: in that of its index, a later change could look like none.
        """
        root = self.root
        if self.around is None or memories < _WORTH_GIT or not _is_old_and_small(glance.git_files(root, ["index"])):
            return ""
        is_clean = committed.is_looked_at(root, _MEMORIES) and committed.is_clean(root, _MEMORIES)
        return self.around if is_clean and self.around == around(root, self.local) else ""


def _is_old_and_small(index: "Sequence[str]") -> bool:
    """Tell whether git's index is of an earlier second, and no longer than git reads sooner than Python looks."""
    return any((told := os.stat(one)).st_mtime < int(time.time()) and told.st_size < _LARGEST_INDEX for one in index)


def keep(before: Before, report: str, *, memories: int, json: bool) -> None:
    """Keep a report with the state that was seen before it was made; where that cannot be, the next is made anew."""
    root, local, state = before.root, before.local, before.state
    if state is None:
        return
    file = _file(root, json=json)
    beside = f"{file}.{os.getpid()}"
    try:
        clean = before.clean(memories)
        with open(beside, "w", encoding="utf-8", newline="") as kept:
            kept.write(f"{report}\n{local}\n{state}\n{clean}")
        os.replace(beside, file)
    except (OSError, ValueError):
        return


def _file(root: str, *, json: bool) -> str:
    """Give where a report is kept: there is one for programs, and for people one with colours and one without."""
    kind = "json" if json else "colour" if colour.is_welcome(sys.stdout) else "text"
    return f"{root}{os.sep}{glance.FOLDER}{os.sep}local{os.sep}status.{kind}"


def _written_ahead(base: str) -> list[str]:
    """Name the file of what SQLite has not moved into a database yet; an empty one comes and goes with each reader."""
    ahead = f"{base}-wal"
    try:
        return [ahead] if os.path.getsize(ahead) else []
    except OSError:
        return []
