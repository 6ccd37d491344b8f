"""Writes `docs/guides/cli.md`: the help of every command, as people see it."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout

from clients.cli.line.command import Group
from clients.cli.main import COMMANDS, loaded, run

_BEGINNING = """# The command line

In a folder with a store (`ctx init` creates one), commands work there, without account or network. Elsewhere they use
the server that `CONTEXTFS_URL` and `CONTEXTFS_API_KEY` name, or the platform of this machine, and say so on standard
error. `--server` does this anywhere. For use in programs, commands take `--json`.

Search in a store compares words. It also compares meanings if numpy (`pip install 'contextfs-platform[local]'`) and the
model (`make models`) are installed, and says so if they are not.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | wrong arguments or an impossible value |
| 3 | not found |
| 4 | not authenticated or not allowed |
| 5 | conflict |
| 6 | the server does not answer |
| 130 | stopped |
"""
_COLUMNS = "100"


def guide() -> str:
    """Write the whole page; commands in the order of the table."""
    os.environ["COLUMNS"] = _COLUMNS
    return "\n".join([_BEGINNING, *(_section(line) for line in _lines())])


def _lines() -> Iterator[list[str]]:
    for name in COMMANDS:
        command = loaded(name)
        yield from ([name, one] for one in command.commands) if isinstance(command, Group) else [[name]]


def _section(line: list[str]) -> str:
    said = io.StringIO()
    with redirect_stdout(said):
        run([*line, "--help"])
    return f"## ctx {' '.join(line)}\n\n```text\n{said.getvalue().strip()}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(guide())
