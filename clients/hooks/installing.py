"""Writes `ctx hook` into the settings of a tool, beside the hooks that are there, and takes it out again."""

from collections.abc import Iterator
from pathlib import Path

from clients.cli import output
from clients.cli.setup import surroundings
from clients.hooks.targets import TARGETS, Target
from clients.settings import touch
from clients.settings.change import Change, carry_out, chosen, line, program, root
from contextfs.local import place


def install(tool: str, *, project: bool, dry_run: bool, json: bool) -> int:
    """Write it; a second time changes nothing."""
    return carry_out(_change(tool, project=project), back=False, dry_run=dry_run, json=json)


def uninstall(tool: str, *, project: bool, dry_run: bool, json: bool) -> int:
    """Take it out; the file is again as it was."""
    return carry_out(_change(tool, project=project), back=True, dry_run=dry_run, json=json)


def listed(*, json: bool) -> int:
    """List the tools, and where the hooks are installed."""
    around = surroundings()
    rows = [
        [one.name, one.title, str(path), "installed" if touch.is_installed(path, _edit(one, shared=True)) else ""]
        for one in TARGETS
        for path in (one.user(around), root() / one.project)
    ]
    if json:
        names = ("tool", "title", "file", "state")
        output.say_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        output.table(["tool", "called", "file", ""], rows)
    return 0


def _change(tool: str, *, project: bool) -> Change:
    known = {one.name: one for one in TARGETS}
    target = known[chosen(tool, known, "tool")]
    path = root() / target.project if project else target.user(surroundings())
    return Change(f"hooks-{target.name}", path, _edit(target, shared=project), tuple(_notes(target)))


def _edit(target: Target, *, shared: bool) -> touch.Edit:
    starts = program(shared=shared)
    return target.edit(target.events, lambda event: line([*starts, "hook", target.name, event]))


def _notes(target: Target) -> Iterator[str]:
    if target.after:
        yield target.after
    if place.find(Path.cwd()) is None:
        yield "Conversations are captured in folders with a store: `ctx init` makes one."
