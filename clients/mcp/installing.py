"""Writes `ctx mcp` into the settings of a client, and takes it out again."""

import os
import shutil
import sys
from collections.abc import Iterator
from difflib import get_close_matches, unified_diff
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

from clients.cli import output
from clients.cli.command import Misused
from clients.cli.setup import surroundings
from clients.mcp.targets import TARGETS, WORKSPACE, Target
from clients.settings import touch
from contextfs.client.credentials import home
from contextfs.kit.errors import NotFound
from contextfs.local import place
from contextfs.local.setup.model import Surroundings

_CHANGE: Final = "mcp"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which client, for the memory of which folder, and whether for this repository alone."""

    client: str
    folder: Path | None = None
    server: bool = False
    project: bool = False


def install(wanted: Wanted, *, dry_run: bool, json: bool) -> int:
    """Write it; a second time changes nothing."""
    return _done(wanted, back=False, dry_run=dry_run, json=json)


def uninstall(wanted: Wanted, *, dry_run: bool, json: bool) -> int:
    """Take it out; the file is again as it was."""
    return _done(wanted, back=True, dry_run=dry_run, json=json)


def listed(*, json: bool) -> int:
    """List the clients, and where it is installed."""
    around = surroundings()
    rows = [
        [one.name, one.title, str(path), "installed" if touch.is_installed(path, one.edit(["ctx"])) else ""]
        for one in TARGETS
        for path in _files(one, around)
    ]
    if json:
        names = ("client", "title", "file", "state")
        output.say_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        output.table(["client", "called", "file", ""], rows)
    return 0


def _done(wanted: Wanted, *, back: bool, dry_run: bool, json: bool) -> int:
    around = surroundings()
    target = _target(wanted.client)
    path = _path(target, around, project=wanted.project)
    edit = target.edit(_command(target, wanted, around))
    if dry_run:
        return _shown(path, touch.preview(path, edit, back=back))
    act = touch.uninstall if back else touch.install
    outcome = act(home(os.environ), f"{_CHANGE}-{target.name}", path, edit)
    if json:
        output.say_json({"client": target.name, "file": str(path), "outcome": outcome})
    else:
        output.say(f"{_WORDS[outcome]} {path}")
        for note in _notes(target) if outcome == "written" else ():
            output.note(note)
    return 0


def _notes(target: Target) -> Iterator[str]:
    if target.after:
        yield target.after
    if find_spec("mcp") is None:
        yield "Still missing is what it speaks by: pip install 'contextfs-platform[mcp]'"


_WORDS: Final[dict[touch.Outcome, str]] = {
    "written": "Written to",
    "same": "In order already:",
    "restored": "As it was before:",
    "cleaned": "Taken out, others' changes stay:",
    "absent": "Not there:",
}


def _shown(path: Path, wanted: str | None) -> int:
    if wanted is None:
        output.say(f"{path} stays as it is.")
        return 0
    now = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = unified_diff(now.splitlines(), wanted.splitlines(), str(path), str(path), lineterm="")
    output.say("\n".join(map(output.printable, lines)))
    return 0


def _target(name: str) -> Target:
    known = {one.name: one for one in TARGETS}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    raise NotFound(f"There is no client {name!r}: {hint}")


def _path(target: Target, around: Surroundings, *, project: bool) -> Path:
    if project or target.user is None:
        if target.project is None:
            raise Misused(f"{target.title} has no settings for a repository: leave --project out")
        return _root() / target.project
    return target.user(around)


def _files(target: Target, around: Surroundings) -> list[Path]:
    of_user = [target.user(around)] if target.user else []
    return of_user + ([_root() / target.project] if target.project else [])


def _root() -> Path:
    found = place.find_even_off(Path.cwd())
    return found.root if found else Path.cwd()


def _command(target: Target, wanted: Wanted, around: Surroundings) -> list[str]:
    """Give what the client runs. A repository's settings are shared: there `ctx` is found by its name."""
    is_shared = wanted.project or target.user is None
    program = ["ctx"] if is_shared else _program(around)
    return [*program, "mcp", *_folder(target, wanted), *(["--server"] if wanted.server else [])]


def _program(around: Surroundings) -> list[str]:
    """Give the whole path of this ctx: programs with a window have another PATH than a shell."""
    script = shutil.which("ctx", path=str(Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin")))
    return [script] if script else [str(around.executable), "-P", "-m", "clients.cli.main"]


def _folder(target: Target, wanted: Wanted) -> list[str]:
    if wanted.folder is not None:
        return ["--folder", str(wanted.folder.expanduser().absolute())]
    if target.works == "variable":
        return ["--folder", WORKSPACE]
    found = place.find(Path.cwd()) if target.works == "elsewhere" else None
    return ["--folder", str(found.root)] if found else []
