"""`ctx import`: conversations of another tool come in; a second time adds nothing."""

import os
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from clients.cli import import_report, options, output
from clients.cli.command import Argument, Misused, Option
from clients.cli.mapping import Normalised
from clients.cli.there import server
from clients.cli.transfer import Sender, Tally, conversations
from contextfs.adapters.transcripts import READERS, paths_in, reader
from contextfs.adapters.transcripts import found as found_everywhere
from contextfs.kit.errors import NotFound


class Tool(StrEnum):
    """Tools whose conversations can be read, by the names of their readers; `contextfs` is what we export ourselves."""

    contextfs = "contextfs"
    vars().update({name.replace("-", "_"): name for name in READERS})


def import_(
    tool: Annotated[
        Tool | None, Argument(help="The tool that wrote the conversations; without it, every tool that left some here.")
    ] = None,
    path: Annotated[
        Path | None, Argument(help="A file, or a folder with files; without it the tool's own folder.")
    ] = None,
    project: options.Project = None,
    tag: options.Tags = None,
    all_: Annotated[bool, Option("--all", help="Import from every tool that left conversations here.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Show what would be stored; store nothing.")] = False,
    json: options.Json = False,
) -> int:
    """Import conversations of other AI tools; secrets are taken out before anything is stored.

    `contextfs` takes in what `ctx export` wrote. It can be repeated at any time: what is stored already is not stored
    again, and what was added since is.
    """
    if tool is Tool.contextfs:
        return _restore(path, json=json)
    if tool is not None and all_:
        raise Misused("name a tool, or take them --all")
    of_tools = {tool.value: found(tool.value, path)} if tool else everywhere()
    tally = Tally()
    pairs = (pair for name, paths in of_tools.items() for pair in conversations(name, paths, tally, tag or ()))
    if dry_run:
        _rehearse(pairs, tally, json=json)
    else:
        _import(pairs, tally, project=project, of=sum(map(len, of_tools.values())), json=json)
    return 1 if tally.failed else 0


def _restore(file: Path | None, *, json: bool) -> int:
    """Take an export in."""
    from clients.cli.here.store import opened  # noqa: PLC0415 - only an export needs a store
    from contextfs.local import archive, place  # noqa: PLC0415 - as above

    if file is None:
        raise Misused("name the file that `ctx export` wrote")
    with opened(place.required(Path.cwd())) as store, file.open("rb") as lines:
        taken = archive.read(store, lines, str(file))
    if json:
        output.say_json(taken)
    else:
        memories = output.counted(taken.memories, "memory", "memories")
        output.say(f"{memories} changed by {output.counted(taken.revisions, 'new revision')} from {file}")
    return 0


def found(tool: str, path: Path | None) -> list[Path]:
    """Give the files to read; NotFound when there are none."""
    if path is not None:
        return paths_in(tool, path.expanduser())
    paths = reader(tool).find(Path.home(), os.environ, sys.platform)
    if not paths:
        raise NotFound(f"No conversations of {tool} were found on this machine: name a file or a folder.")
    return paths


def everywhere() -> dict[str, list[Path]]:
    """Give every tool's files on this machine; NotFound when there are none at all."""
    of_tools = found_everywhere(Path.home(), os.environ, sys.platform)
    if not of_tools:
        raise NotFound("No conversations of any tool were found on this machine: name a tool, and a file or a folder.")
    return of_tools


def _import(
    pairs: Iterator[tuple[Path, Normalised]], tally: Tally, *, project: str | None, of: int, json: bool
) -> None:
    progress = output.Progress()
    with server.opened() as client:
        into = client.projects.get(server.project_id(client, project))
        for now in Sender(client, into.id, tally).send_all(pairs):
            progress.show(f"{now.files}/{of} files · {output.counted(now.stored, 'message')} stored")
        progress.clear()
        if json:
            output.say_json(tally.shown() | {"project_id": str(into.id)})
        else:
            import_report.summary(tally, into.name)


def _rehearse(pairs: Iterator[tuple[Path, Normalised]], tally: Tally, *, json: bool) -> None:
    shown: list[Normalised] = []
    for _, one in pairs:
        shown += [msgspec.structs.replace(one, messages=list(one.messages))] if json else []
        if not json:
            import_report.show(one)
    if json:
        output.say_json({"conversations": shown} | tally.left_out())
    else:
        import_report.rehearsal(tally)
