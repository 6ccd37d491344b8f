"""`ctx export`: everything of the store of this folder in one file, or all that one may see on the server."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from clients.cli.here.store import now, opened
from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from contextfs.kit.durable import flush, put
from contextfs.kit.errors import Unavailable
from contextfs.local import archive, config, place


def export(
    file: Annotated[Path | None, Argument("The file to write; by default standard output.")] = None,
    no_private: Annotated[bool, Option("--no-private", help="Leave out private memories and sessions.")] = False,
    from_server: Annotated[
        bool, Option("--from-server", help="Write what the server has of this project, as a zip; FILE is needed.")
    ] = False,
    everything: Annotated[
        bool, Option("--all", help="Every project of the organization that you may see; goes with --from-server.")
    ] = False,
    project: options.Project = None,
    json: options.Json = False,
) -> None:
    """Write every memory with its versions, and every session; `ctx import contextfs` reads them.

    The store of this folder is written as JSON lines. With --from-server, the server writes a zip of what you may see
    there, which is then fetched: of this folder's project, of the one that --project names, or of --all.
    """
    if from_server:
        if file is None or no_private:
            raise Misused("--from-server needs the FILE to write, and writes all that you may see")
        from clients.cli.there import exporting as there  # noqa: PLC0415 - only this asks a server

        there.fetch(file, project, everything=everything, json=json)
        return
    if everything:
        raise Misused("--all needs --from-server: a folder has only one project")
    where = place.required(Path.cwd())
    named = config.read(where.config).project
    with opened(where) as store:
        lines = archive.written(store, named, now(), private=not no_private)
        counts = _write(file, lines)
    if file is not None and json:
        output.say_json({"file": str(file)} | {f"{kind}s": counts[kind] for kind in archive.KINDS})
    elif file is not None:
        told = [output.counted(counts[kind], kind) for kind in archive.KINDS if counts[kind] or kind == "revision"]
        output.say(f"{', '.join(told)} written to {file}")


def _write(file: Path | None, lines: Iterator[bytes]) -> Counter[str]:
    """Write lines to a file, whole or not at all, or to standard output; counts their kinds."""
    counted = Counter[str]()
    if file is None:
        for line in lines:
            sys.stdout.write(line.decode())
        return counted
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as opened_file:
            for line in lines:
                opened_file.write(line)
                counted[archive.kind_of(line)] += 1
            opened_file.flush()
            flush(opened_file.fileno())
        put(beside, file)
    except OSError as error:
        raise Unavailable(f"{file} cannot be written ({error.strerror}).") from None
    finally:
        beside.unlink(missing_ok=True)
    return counted
