"""`ctx import`: conversations of another tool come in; a second time adds nothing."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.taking import chosen_files, report
from clients.cli.taking.reading import Only, Tally, conversations
from contextfs.adapters.transcripts import READERS
from contextfs.adapters.transcripts.normalised import Normalised
from contextfs.local.place import Place


class Tool(StrEnum):
    """Tools whose conversations can be read, by the names of their readers; `contextfs` is what we export ourselves."""

    contextfs = "contextfs"
    vars().update({name.replace("-", "_"): name for name in READERS})


def import_(
    tool: Annotated[Tool | None, Argument("The tool that wrote them; by default every tool that left some.")] = None,
    path: Annotated[
        Path | None,
        Argument("A file or folder; by default what the tool keeps about this repository, or about all."),
    ] = None,
    project: options.Project = None,
    tag: options.Tags = None,
    all_: Annotated[bool, Option("--all", help="Import from every tool that left conversations here.")] = False,
    again: Annotated[
        bool, Option("--again", help="Read the kept files again, even if the originals are gone.")
    ] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Show what would be stored, and store nothing.")] = False,
    server: where.Server = False,
    json: options.Json = False,
) -> int:
    """Import conversations of other AI tools; secrets are taken out before anything is stored.

    In a folder with a store they are stored there, and what is learned from them is private until you share it.
    Elsewhere, with --server or with --project, they are sent to the server.

    A store keeps the files as they are, without secrets. When a newer version reads them better, --again reads them
    again and updates the messages.

    `contextfs` imports what `ctx export` wrote. Only what is new is stored. From a server's export with several
    projects, it takes this store's, or the one that --project names.
    """
    if tool is Tool.contextfs:
        return _restore(path, project, json=json)
    place = where.here(server or project is not None, "one")
    tally = Tally()
    if again:
        _again(tool, path, place, tally, tag or (), dry_run=dry_run, json=json)
    else:
        of_tools = _chosen(tool, path, place, everything=all_)
        only = chosen_files.about(place) if path is None else None
        _import(of_tools, place, tally, tag or (), only=only, project=project, dry_run=dry_run, json=json)
    return 1 if tally.failed else 0


def _import(
    of_tools: dict[str, list[Path]],
    place: Place | None,
    tally: Tally,
    tags: Sequence[str],
    *,
    only: Only | None,
    project: str | None,
    dry_run: bool,
    json: bool,
) -> None:
    """Import files, into a store or to the server."""
    if only is not None and (dry_run or place is None):
        only = chosen_files.untold(place, only)
    pairs = (pair for name, paths in of_tools.items() for pair in conversations(name, paths, tally, tags, only=only))
    if dry_run:
        _rehearse(pairs, tally, json=json)
    elif place is None:
        from clients.cli.there import importing as there  # noqa: PLC0415 - the one that is meant is loaded

        there.bring(pairs, tally, project=project, of=sum(map(len, of_tools.values())), json=json)
    else:
        from clients.cli.here import importing as here  # noqa: PLC0415 - as above

        here.bring(place, of_tools, tally, tags=tags, only=only, json=json)


def _again(
    tool: Tool | None,
    path: Path | None,
    place: Place | None,
    tally: Tally,
    tags: Sequence[str],
    *,
    dry_run: bool,
    json: bool,
) -> None:
    """Read what the store of this folder keeps of files once more."""
    from clients.cli.here import importing as here  # noqa: PLC0415 - as above
    from clients.cli.here.records import Again  # noqa: PLC0415 - as above

    if place is None:
        raise Misused(
            "--again reads what a store keeps: leave out --server and --project, and run it in the store's folder"
        )
    wanted = Again(None if tool is None else tool.value, path)
    if dry_run:
        _rehearse(here.rehearsed(place, wanted, tally, tags), tally, json=json)
    else:
        here.bring(place, wanted, tally, tags=tags, json=json)


def bring_since(tool: str, place: Place | None, since: float) -> None:
    """Import the conversations of a tool whose files changed since a time."""
    tally = Tally()
    of_tools = {tool: chosen_files.changed(tool, place, since)}
    only = chosen_files.said(place, since)
    _import(of_tools, place, tally, (), only=only, project=None, dry_run=False, json=False)


def _restore(file: Path | None, project: str | None, *, json: bool) -> int:
    """Take an export in."""
    from clients.cli.here.store import opened  # noqa: PLC0415 - only an export needs a store
    from contextfs.local import archive, bundle, config, place  # noqa: PLC0415 - as above

    if file is None:
        raise Misused("name the file that `ctx export` wrote")
    where_to = place.required(Path.cwd())
    here = config.read(where_to.config).project.id
    with opened(where_to) as store, bundle.opened(file, named=project, here=here) as lines:
        taken = archive.read(store, lines, str(file))
    if json:
        output.say_json(taken)
    else:
        memories = output.counted(taken.memories, "memory", "memories")
        output.say(f"{memories} changed by {output.counted(taken.revisions, 'new revision')} from {file}")
        if taken.sessions or taken.messages:
            sessions, messages = (
                output.counted(taken.sessions, "session"),
                output.counted(taken.messages, "message"),
            )
            output.say(f"{sessions} and {messages} new from {file}")
    return 0


def _chosen(tool: Tool | None, path: Path | None, place: Place | None, *, everything: bool) -> dict[str, list[Path]]:
    """Give the files to read, by tool."""
    if tool is None:
        return chosen_files.everywhere(place)
    if everything:
        raise Misused("name a tool, or give --all")
    return {tool.value: chosen_files.found(tool.value, path, place)}


def _rehearse(pairs: Iterator[tuple[Path, Normalised]], tally: Tally, *, json: bool) -> None:
    shown: list[Normalised] = []
    for _, one in pairs:
        shown += [msgspec.structs.replace(one, messages=list(one.messages))] if json else []
        if not json:
            report.show(one)
    if json:
        output.say_json({"conversations": shown} | tally.left_out())
    else:
        report.rehearsal(tally)
