"""Which files and conversations an import takes: what is named, or what tools keep of this repository or of all."""

import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from clients.cli.taking.reading import Only
from contextfs.adapters.transcripts import READERS, paths_in, reader
from contextfs.adapters.transcripts import found as found_everywhere
from contextfs.adapters.transcripts.model import Transcript
from contextfs.domain.sessions.rules import TOLD_TWICE
from contextfs.kit.errors import NotFound
from contextfs.local.place import Place

_FOLDERLESS: Final = frozenset({"llm"})
"""Tools that do not say in which folder a conversation was had; it is asked for by name, or by `ctx wrap`."""
_DATABASES: Final = frozenset({".db", ".vscdb"})


def found(tool: str, path: Path | None, place: Place | None) -> list[Path]:
    """Give the files to read; NotFound when there are none. A store takes in what is about its repository."""
    if path is not None:
        named = paths_in(tool, path.expanduser())
        if not named:
            raise NotFound(f"There are no conversations of {tool} in {path}.")
        return _databases_last(named)
    if place is not None:
        from clients.cli.surroundings import surroundings  # noqa: PLC0415 - only where no file is named
        from contextfs.local.setup import past  # noqa: PLC0415 - as above

        paths, whose = list(past.of_tool(place, tool, surroundings())), f"about {place.root} "
        paths = paths or (reader(tool).find(Path.home(), os.environ, sys.platform) if tool in _FOLDERLESS else [])
    else:
        paths, whose = reader(tool).find(Path.home(), os.environ, sys.platform), ""
    if not paths:
        raise NotFound(f"No conversations of {tool} {whose}were found on this machine: name a file or a folder.")
    return _databases_last(paths)


def about(place: Place | None) -> Only:
    """Tell whether a conversation of a database is wanted: one about a store's repository."""
    from clients.cli.surroundings import surroundings  # noqa: PLC0415 - as above
    from contextfs.local.setup import past  # noqa: PLC0415 - as above
    from contextfs.local.setup.transcripts import by_cursor  # noqa: PLC0415 - as above

    whereabouts = past.whereabouts(place) if place is not None else None
    named = cache(lambda: by_cursor.named(past.whereabouts(place), surroundings()) if place else frozenset[str]())

    def only(one: Transcript) -> bool:
        if whereabouts is None or any(map(whereabouts.holds, [one.cwd, *one.metadata.get("folders", ())])):
            return True
        return (one.cwd is None and one.tool in _FOLDERLESS) or (one.tool == TOLD_TWICE and one.external_id in named())

    return only


def untold(place: Place | None, only: Only) -> Only:
    """Leave out what a transcript tells as well: for those who cannot ask a store in which form they keep it."""
    from contextfs.adapters.transcripts.cursor import told  # noqa: PLC0415 - as above

    in_files = cache(lambda: told(found(TOLD_TWICE, None, place)))
    return lambda one: only(one) and not (one.tool == TOLD_TWICE and one.external_id in in_files())


def everywhere(place: Place | None) -> dict[str, list[Path]]:
    """Give every tool's files; NotFound when there are none. A store takes in what is about its repository."""
    if place is not None:
        from clients.cli.surroundings import surroundings  # noqa: PLC0415 - only where no file is named
        from contextfs.local.setup import past  # noqa: PLC0415 - as above

        of_tools = {tool: list(paths) for tool in READERS if (paths := past.of_tool(place, tool, surroundings()))}
    else:
        of_tools = found_everywhere(Path.home(), os.environ, sys.platform)
    if not of_tools:
        raise NotFound("No conversations of any tool were found here: name a tool, and a file or a folder.")
    return {tool: _databases_last(paths) for tool, paths in of_tools.items()}


def changed(tool: str, place: Place | None, since: float) -> list[Path]:
    """Give the files of a tool that changed since a time."""
    return [file for file in found(tool, None, place) if _changed_at(file) >= since - 1]


def said(place: Place | None, since: float) -> Only:
    """Tell whether a conversation is about a store's repository; one that names no folder, whether it went on since."""
    began = datetime.fromtimestamp(since - 1, UTC)
    fits = about(place)

    def only(one: Transcript) -> bool:
        is_recent = one.cwd is not None or one.ended_at is None or one.ended_at >= began
        return is_recent and fits(one)

    return only


def _databases_last(paths: list[Path]) -> list[Path]:
    """Order files so that what a transcript and a database tell is kept as the transcript tells it."""
    return sorted(paths, key=lambda one: one.suffix in _DATABASES)


def _changed_at(file: Path) -> float:
    """Tell when a file changed; a database changes in the file beside it first."""
    times: list[float] = []
    for one in (file, file.with_name(f"{file.name}-wal")):
        with suppress(OSError):
            times.append(one.stat().st_mtime)
    return max(times, default=time.time())
