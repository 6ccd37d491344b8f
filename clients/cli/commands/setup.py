"""`ctx init` and `ctx off`: a store comes into a folder, and goes again without a trace."""

import os
from pathlib import Path
from typing import Annotated
from uuid import UUID

import msgspec

from clients.cli.here import records
from clients.cli.here.store import now
from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.surroundings import surroundings
from clients.cli.taking.reading import Tally
from contextfs.kit.ids import uuid7
from contextfs.local import place
from contextfs.local.setup.init import init as make
from contextfs.local.setup.model import Found
from contextfs.local.setup.off import off as take_back


def init(
    folder: Annotated[Path | None, Argument("The folder; by default the repository around this one.")] = None,
    name: Annotated[str | None, Option("--name", help="The project's name; by default the repository's.")] = None,
    project: Annotated[str | None, Option("--project", help="Join a project of another machine, by its id.")] = None,
    here: Annotated[bool, Option("--here", help="In this folder, not at the top of the repository.")] = False,
    bring: Annotated[bool, Option("--import", help="Also import past conversations about this repository.")] = False,
    json: options.Json = False,
) -> int:
    """Create the store of this repository, or complete an existing one, and report what is around it.

    You can run it again: what is in order stays as it is. `ctx off` undoes what was done to the repository.
    """
    found = make(
        folder or Path.cwd(),
        around=surroundings(),
        new_id=lambda: uuid7(now(), os.urandom),
        name=name,
        project=_id(project) if project else None,
        only_here=here,
    )
    if not json:
        _print(found, is_brought=bring)
    tally = _bring(found, json=json) if bring else None
    if json:
        brought = tally.shown() | {"learned": tally.learned} if tally else None
        output.say_json(msgspec.structs.asdict(found) | {"imported": brought})
    return 1 if tally and tally.failed else 0


def _bring(found: Found, *, json: bool) -> Tally:
    """Import the conversations that were found, of every tool that can be read."""
    from clients.cli.here import importing  # noqa: PLC0415 - as above
    from clients.cli.taking import chosen_files  # noqa: PLC0415 - only where something is imported

    tally = Tally()
    readable = [one for one in found.transcripts if one.readable]
    files = {one.tool: one.files for one in readable}
    importing.bring(found.place, files, tally, only=chosen_files.about(found.place), quiet=json)
    return tally


def off(
    delete: Annotated[bool, Option("--delete", help="Also delete the store, with every memory in it.")] = False,
    json: options.Json = False,
) -> None:
    """Switch the store off on this machine, and restore every file of the repository that was touched.

    This also removes what `ctx install` and `ctx mcp install` wrote with --project. What they wrote for every
    repository of this machine stays, and is listed with the command that removes it. Memories stay, and `ctx init`
    switches the store on again.
    """
    from clients.cli.here import installed  # noqa: PLC0415 - knows every tool

    store = place.required(Path.cwd())
    tools = installed.taken_back(store.root)
    done = take_back(store, delete=delete)
    done = msgspec.structs.replace(
        done,
        restored=(*done.restored, *tools.restored),
        cleaned=(*done.cleaned, *tools.cleaned),
        notes=(*done.notes, *tools.notes),
    )
    if json:
        output.say_json(done)
        return
    for path in done.restored:
        output.say(f"restored  {path}")
    for path in done.cleaned:
        output.say(f"cleaned   {path}")
    for note in done.notes:
        output.note(note)
    output.say(
        "Deleted." if done.deleted else "Switched off. Memories stay where they are; `ctx init` switches on again."
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Misused(
            f"{text!r} is not the id of a project: `ctx status --json` on the other machine shows it"
        ) from None


def _print(found: Found, *, is_brought: bool) -> None:
    done = "Made" if found.created else "Completed" if found.changed else "Everything is in order in"
    output.say(output.bold(f"{done} {found.place.folder}"))
    git = found.git
    output.block(
        [
            ("project", f"{found.project.name}  {found.project.id}"),
            ("git", f"{git.branch or 'no branch'}, {git.remote or 'no remote'}" if git else "none: that works too"),
            ("merging", "memories merge field by field" if git and git.driver else ""),
            ("worktrees", f"{len(git.worktrees)} share this store" if git and len(git.worktrees) > 1 else ""),
            ("AI tools", ", ".join(tool.title for tool in found.tools)),
            ("instructions", ", ".join(one.path for one in found.instructions)),
        ]
    )
    new = {one.tool: records.new_of(found.place, one.tool, one.files) for one in found.transcripts if one.readable}
    for one in found.transcripts:
        size = f"{one.size / 1_000_000:,.1f} MB"
        kind = "; they cannot be read yet" if one.tool not in new else "" if new[one.tool] else ", imported already"
        output.say(f"  {output.counted(len(one.files), 'conversation')} of {one.tool}, {size}{kind}")
    for note in found.notes:
        output.note(note)
    if any(new.values()) and not is_brought:
        those = "them" if sum(new.values()) == sum(len(one.files) for one in found.transcripts) else "what is new"
        output.say(f"Import {those}, without secrets, private to you: ctx init --import")
    if found.created:
        output.say('Next: ctx memory add "We deploy with uv." --type decision')
