"""`ctx export`: everything of the store of this folder in one file."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from clients.cli import options, output
from clients.cli.command import Argument, Option
from clients.cli.here.store import now, opened
from contextfs.local import archive, config, place


def export(
    file: Annotated[Path | None, Argument("The file to write; without it, standard output.")] = None,
    no_private: Annotated[bool, Option("--no-private", help="Leave out what is private.")] = False,
    json: options.Json = False,
) -> None:
    """Write every version of every memory, as JSON lines; `ctx import contextfs FILE` takes them in anywhere."""
    where = place.required(Path.cwd())
    project = config.read(where.config).project
    with opened(where) as store:
        lines = archive.written(store, project, now(), private=not no_private)
        count = _write(file, lines) - 1
    if file is not None and json:
        output.say_json({"file": str(file), "revisions": count})
    elif file is not None:
        output.say(f"{output.counted(count, 'revision')} written to {file}")


def _write(file: Path | None, lines: Iterator[bytes]) -> int:
    """Write lines to a file, whole or not at all, or to standard output; gives how many."""
    if file is None:
        return sum(1 for line in lines if sys.stdout.write(line.decode()))
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as opened_file:
            count = sum(1 for line in lines if opened_file.write(line))
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return count
