"""Writes `ctx mcp` into the settings of a client, and takes it out again."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import msgspec

from clients.cli.line.command import Misused
from clients.cli.shown import output
from clients.cli.surroundings import surroundings
from clients.mcp.targets import TARGETS, WORKSPACE, Target
from clients.settings import touch
from clients.settings.change import Change, carry_out, chosen, program, root
from contextfs.local import place
from contextfs.local.setup.model import Surroundings


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which client, for the memory of which folder, and whether for this repository alone."""

    client: str
    folder: Path | None = None
    server: bool = False
    project: bool = False


def install(wanted: Wanted, *, dry_run: bool, json: bool) -> int:
    """Write it; a second time changes nothing."""
    return carry_out(_change(wanted), back=False, dry_run=dry_run, json=json)


def uninstall(wanted: Wanted, *, dry_run: bool, json: bool) -> int:
    """Take it out; the file is again as it was."""
    return carry_out(_change(wanted), back=True, dry_run=dry_run, json=json)


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


def _change(wanted: Wanted) -> Change:
    known = {one.name: one for one in TARGETS}
    target = known[chosen(wanted.client, known, "client")]
    shared = wanted.project or target.user is None
    command = [
        *program(shared=shared),
        "mcp",
        *_folder(target, wanted),
        *(["--server"] if wanted.server else []),
    ]
    path = _path(target, surroundings(), shared=shared)
    return Change(f"mcp-{target.name}", path, target.edit(command), tuple(_notes(target)))


def _notes(target: Target) -> Iterator[str]:
    if target.after:
        yield target.after
    if find_spec("mcp") is None:
        yield "Still missing is what it speaks by: pip install 'contextfs-platform[mcp]'"


def _path(target: Target, around: Surroundings, *, shared: bool) -> Path:
    if not shared and target.user is not None:
        return target.user(around)
    if target.project is None:
        raise Misused(f"{target.title} has no settings for a repository: leave --project out")
    return root() / target.project


def _files(target: Target, around: Surroundings) -> list[Path]:
    of_user = [target.user(around)] if target.user else []
    return of_user + ([root() / target.project] if target.project else [])


def _folder(target: Target, wanted: Wanted) -> list[str]:
    if wanted.folder is not None:
        return ["--folder", str(wanted.folder.expanduser().absolute())]
    if target.works == "variable":
        return ["--folder", WORKSPACE]
    found = place.find(Path.cwd()) if target.works == "elsewhere" else None
    return ["--folder", str(found.root)] if found else []
