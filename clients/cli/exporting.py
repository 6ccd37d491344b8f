"""`ctx export`: everything of the store of this folder in one file."""

import os
import sys
from collections import Counter
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
    """Write every memory with its versions, and every session, as JSON lines; `ctx import contextfs` takes them in."""
    where = place.required(Path.cwd())
    project = config.read(where.config).project
    with opened(where) as store:
        lines = archive.written(store, project, now(), private=not no_private)
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
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return counted
