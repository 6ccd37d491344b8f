"""`ctx doctor` of the store of this folder: its files, its database, git, and the server that it is linked with."""

import os
from collections.abc import Iterator
from pathlib import Path

from clients.cli.here.store import opened
from clients.cli.shown.finding import Finding
from contextfs.kit.errors import ContextFSError, NotFound
from contextfs.local import config, place
from contextfs.local.doctor.checks import checks
from contextfs.local.doctor.model import Check
from contextfs.local.place import Place


def is_here() -> bool:
    """Tell whether there is a store to look at, be it switched off, broken or without its settings."""
    return place.top(Path.cwd()) is not None


def findings(*, repair: bool) -> Iterator[Finding]:
    """Look at the store; a store that cannot be found or opened is what is found."""
    try:
        found = place.required(Path.cwd())
    except ContextFSError as error:
        off = isinstance(error, NotFound) and place.is_off(Path.cwd())
        what, _, cure = error.detail.rpartition(": ")
        yield Finding(check="store", state="ok" if off else "attention", told=what, cure="" if off else cure)
        return
    for one in checks(found, lambda: opened(found, heed=False), environment=os.environ, repair=repair):
        yield _told(one)
    yield from _unread(found)
    yield from _link(found)


def _unread(found: Place) -> Iterator[Finding]:
    """Tell of conversations that were not read since they changed: nobody rang, or it could not be noted."""
    from clients.cli.here import records  # noqa: PLC0415 - only one that looks at all of it asks
    from clients.cli.surroundings import surroundings  # noqa: PLC0415 - as above
    from contextfs.local.setup import past  # noqa: PLC0415 - as above

    try:
        if not config.read(found.config).records.keep:
            return  # then nobody knows
        told = past.found(found, surroundings())
        new = {one.tool: records.new_of(found, one.tool, [*filter(_is_alone, one.files)]) for one in told}
    except (ContextFSError, OSError):
        return  # told already
    if many := {tool: count for tool, count in new.items() if count}:
        told_of = ", ".join(f"{count} of {tool}" for tool, count in many.items())
        yield Finding(
            check="conversations",
            state="ok",
            told=f"not read since they changed: {told_of}",
            cure="`ctx import` reads them; what is empty or was removed stays in this list",
        )
    else:
        yield Finding(check="conversations", state="ok", told="all that tools keep in files about this folder is read")


def _is_alone(file: Path) -> bool:
    """Tell whether a file is no database of all folders, of which nothing is kept."""
    return file.suffix not in {".db", ".vscdb"}


def _told(one: Check) -> Finding:
    return Finding(check=one.name, state="ok" if one.state == "ok" else "attention", told=one.detail, cure=one.cure)


def _link(found: Place) -> Iterator[Finding]:
    try:
        settings = config.read(found.config)
    except ContextFSError:
        return  # told already
    if settings.server is None:
        yield Finding(check="server", state="ok", told="none is linked: memories stay here, and in git")
        return
    from clients.cli.here import link_doctor  # noqa: PLC0415 - the client is loaded where it is needed

    yield from link_doctor.findings(found, settings.project.id, settings.server.url)
