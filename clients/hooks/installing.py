"""Writes `ctx hook` into a tool's settings, or `ctx acp` into an editor's, beside what is there, and takes it out."""

from collections.abc import Iterator
from pathlib import Path

from clients.acp.targets import EDITORS, Editor
from clients.cli.line.command import Misused
from clients.cli.shown import output
from clients.cli.surroundings import surroundings
from clients.hooks.targets import TARGETS, Target
from clients.settings import touch
from clients.settings.change import Change, carry_out, chosen, line, program, root
from contextfs.local import place


def install(tool: str, *, project: bool, dry_run: bool, json: bool) -> int:
    """Write it; a second time changes nothing."""
    return carry_out(_change(tool, project=project, back=False), back=False, dry_run=dry_run, json=json)


def uninstall(tool: str, *, project: bool, dry_run: bool, json: bool) -> int:
    """Take it out; the file is again as it was."""
    return carry_out(_change(tool, project=project, back=True), back=True, dry_run=dry_run, json=json)


def listed(*, json: bool) -> int:
    """List the tools, and where the hooks are installed."""
    around = surroundings()
    rows = [
        [one.name, one.title, str(path), "installed" if touch.is_installed(path, _edit(one, shared=True)) else ""]
        for one in TARGETS
        for path in (one.user(around), root() / one.project)
    ]
    rows += [
        [one.name, one.title, str(path), "installed" if touch.is_installed(path, one.edit(None)) else ""]
        for one in EDITORS
        for path in (one.path(around),)
    ]
    if json:
        names = ("tool", "title", "file", "state")
        output.say_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        output.table(["tool", "called", "file", ""], rows)
    return 0


def _change(tool: str, *, project: bool, back: bool) -> Change:
    editors = {one.name: one for one in EDITORS}
    known = {one.name: one for one in TARGETS}
    name = chosen(tool, [*known, *editors], "tool")
    if name in editors:
        return _editor(editors[name], project=project, back=back)
    target = known[name]
    path = root() / target.project if project else target.user(surroundings())
    return Change(f"hooks-{target.name}", path, _edit(target, shared=project), tuple(_notes(target)))


def _editor(one: Editor, *, project: bool, back: bool) -> Change:
    if project:
        raise Misused(f"{one.title} has no agents of a repository: leave --project out")
    edit = one.edit(None if back else program(shared=False))
    return Change(f"acp-{one.name}", one.path(surroundings()), edit, (one.after,))


def _edit(target: Target, *, shared: bool) -> touch.Edit:
    starts = program(shared=shared)
    return target.edit(target.events, lambda event: line([*starts, "hook", target.name, event]))


def _notes(target: Target) -> Iterator[str]:
    if target.after:
        yield target.after
    if place.find(Path.cwd()) is None:
        yield "Conversations are captured in folders with a store: `ctx init` makes one."
