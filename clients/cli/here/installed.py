"""What `ctx install` and `ctx mcp install` wrote into settings of tools, as a store that goes sees it.

What they wrote for its repository goes with it. What serves the whole machine stays, for other repositories need it,
and so does what came with the repository from somebody else: both are named, with the command that takes them out.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from clients.acp.targets import EDITORS
from clients.cli.surroundings import surroundings
from clients.hooks.targets import TARGETS as HOOKS
from clients.mcp.targets import TARGETS as CLIENTS
from clients.settings import touch
from clients.settings.touch import Edit, Outcome
from contextfs.client.login.credentials import home
from contextfs.kit.errors import ContextFSError
from contextfs.local.setup.model import Off


class _Written(NamedTuple):
    """Lines that may be of ours: the name under which they are remembered, their file, and what takes them out."""

    name: str
    path: Path
    edit: Edit
    command: str
    of_repository: bool


def taken_back(root: Path) -> Off:
    """Take out what was written here for the repository of a folder, the latest first; tell of all that stays."""
    kept = home(os.environ)
    notes: list[str] = []
    ours: list[tuple[float, _Written]] = []
    for one in _known(root):
        at = touch.kept_at(kept, one.name, one.path) if one.of_repository else None
        if at is not None:
            ours.append((at, one))
        elif touch.is_installed(one.path, one.edit):
            why = "was not written here" if one.of_repository else "serves other repositories, too"
            notes.append(f"{one.path} {why}: `{one.command}` takes us out of it.")
    outcomes: dict[Path, Outcome] = {}
    for _, one in sorted(ours, key=lambda kept: kept[0], reverse=True):
        try:
            outcomes[one.path] = touch.uninstall(kept, one.name, one.path, one.edit)
        except ContextFSError as error:
            notes.append(f"{error.detail} Then `{one.command}` takes us out of it.")
    return Off(
        restored=tuple(path for path, outcome in outcomes.items() if outcome == "restored"),
        cleaned=tuple(path for path, outcome in outcomes.items() if outcome == "cleaned"),
        deleted=False,
        notes=tuple(notes),
    )


def _known(root: Path) -> Iterator[_Written]:
    around = surroundings()
    for one in HOOKS:
        edit, name, command = one.edit(one.events, lambda _: "ctx"), f"hooks-{one.name}", f"ctx uninstall {one.name}"
        yield _Written(name, one.user(around), edit, command, of_repository=False)
        yield _Written(name, root / one.project, edit, f"{command} --project", of_repository=True)
    for one in EDITORS:
        yield _Written(
            f"acp-{one.name}", one.path(around), one.edit(None), f"ctx uninstall {one.name}", of_repository=False
        )
    for one in CLIENTS:
        edit, name, command = one.edit(["ctx"]), f"mcp-{one.name}", f"ctx mcp uninstall {one.name}"
        if one.user is not None:
            yield _Written(name, one.user(around), edit, command, of_repository=False)
        if one.project is not None:
            yield _Written(name, root / one.project, edit, f"{command} --project", of_repository=True)
