"""Changes a file of another program for a command, or takes that back, and tells what it did."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterable
from difflib import get_close_matches, unified_diff
from pathlib import Path
from typing import Final, NamedTuple

from clients.cli.shown import output
from clients.settings import touch
from clients.settings.touch import Edit, Outcome
from contextfs.client.login.credentials import home
from contextfs.kit.errors import NotFound
from contextfs.local import place

_WORDS: Final[dict[Outcome, str]] = {
    "written": "Written to",
    "same": "In order already:",
    "restored": "As it was before:",
    "cleaned": "Taken out, others' changes stay:",
    "absent": "Not there:",
}


class Change(NamedTuple):
    """A change: the name under which it is remembered, the file, the lines, and what the user has to know."""

    name: str
    path: Path
    edit: Edit
    notes: Iterable[str] = ()


def carry_out(change: Change, *, back: bool, dry_run: bool, json: bool) -> int:
    """Do it, or take it back; a dry run shows what would differ."""
    if dry_run:
        return _shown(change.path, touch.preview(change.path, change.edit, back=back))
    act = touch.uninstall if back else touch.install
    outcome = act(home(os.environ), change.name, change.path, change.edit)
    if os.name != "nt" and not back and touch.is_switched_off(change.path):
        output.note(f"It does not run before it may: `chmod +x {shlex.quote(str(change.path))}`.")
    if json:
        output.say_json({"name": change.name, "file": str(change.path), "outcome": outcome})
        return 0
    output.say(f"{_WORDS[outcome]} {change.path}")
    for note in change.notes if outcome == "written" else ():
        output.note(note)
    return 0


def chosen(name: str, known: Iterable[str], noun: str) -> str:
    """Give a name that is known; NotFound tells which is meant, or which there are."""
    names = list(known)
    if name in names:
        return name
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    raise NotFound(f"There is no {noun} {name!r}: {hint}")


def root() -> Path:
    """Give the folder whose own settings are meant: that of the store around, or the working folder."""
    found = place.find_even_off(Path.cwd())
    return found.root if found else Path.cwd()


def program(*, shared: bool) -> list[str]:
    """Give what starts this ctx: by its whole path, since programs with a window have another PATH than a shell.

    In settings that others share it is found by its name.
    """
    if shared:
        return ["ctx"]
    script = shutil.which("ctx", path=str(Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin")))
    return [script] if script else [sys.executable, "-P", "-m", "clients.cli.main"]


def line(words: Iterable[str]) -> str:
    """Write words as one line of this system's shell."""
    if os.name == "nt":
        return " ".join(f'"{word}"' if " " in word else word for word in words)
    return shlex.join(words)


def _shown(path: Path, wanted: str | None) -> int:
    if wanted is None:
        output.say(f"{path} stays as it is.")
        return 0
    now = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = unified_diff(now.splitlines(), wanted.splitlines(), str(path), str(path), lineterm="")
    output.say("\n".join(map(output.printable, lines)))
    return 0
