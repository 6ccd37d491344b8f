"""Runs one command again and again, each time killed a step later, and looks at what the next command finds.

A step is a call that changes something outside of the process, or its return: a statement of SQLite, a file that is
opened, written, flushed, renamed or removed. The interpreter tells of each, so the product needs no hook for this. A
killed run is a fork, with `kill -9` by its own hand. Run as a program: it has no threads, and imports once.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from tests.clients.cli.here.folder import Folder

_STEPS = frozenset(
    {"execute", "executemany", "open", "write", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "remove"}
)
_KILLED = -signal.SIGKILL


class Death(msgspec.Struct, frozen=True):
    """What was found after a run that was killed at a step: texts of memories, and what the next commands said."""

    step: int
    said: str
    texts: list[str]
    was_in_step: bool
    note: str
    status: int
    doctor: str
    files: dict[str, str]


def main(root: Path, made: str, every: int, then: list[str], *arguments: str) -> None:
    """Kill `ctx ARGUMENTS` in copies of the folder `made`, at some steps; print what was found, a line each.

    `every` is how many steps lie between two deaths, `then` the next command.
    """
    for step in range(1, 10_000, every):
        copy = root / f"copy{step}"
        shutil.copytree(made, copy, symlinks=True)
        here = Folder(copy)
        said, status = _forked(here, arguments, step)
        if status != _KILLED:
            return
        print(json.dumps(msgspec.to_builtins(_found(here, step, said, then))), flush=True)  # noqa: T201 - the result
        shutil.rmtree(copy)


def _found(here: Folder, step: int, said: str, then: list[str]) -> Death:
    before = here.files()
    told = here.ctx(*then)
    listed = here.ctx("memory", "list", "--json")
    return Death(
        step=step,
        said=said,
        texts=sorted(f"{one['type']} {one['content']}" for one in listed.json) if listed.code == 0 else [listed.err],
        was_in_step=before == here.files(),
        note=told.err,
        status=told.code,
        doctor="\n".join(line for line in here.ctx("doctor").out.splitlines() if line.startswith("!!")),
        files=here.files(),
    )


def _forked(here: Folder, arguments: tuple[str, ...], step: int) -> tuple[str, int]:
    """Run a command in a fork that dies at a step; gives what it had said, and how it ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writer, 1)
        try:
            _doomed(here, arguments, step)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    return said, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _doomed(here: Folder, arguments: tuple[str, ...], step: int) -> None:
    from clients.cli.main import run  # noqa: PLC0415 - imported before the fork by what runs before

    left = step

    def count(_: FrameType, event: str, called: Any) -> None:
        nonlocal left
        if event in {"c_call", "c_return"} and called.__name__ in _STEPS:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    os.environ.clear()
    os.environ.update(here.environment)
    os.chdir(here.root)
    profiled: Callable[..., None] = sys.setprofile
    profiled(count)
    run([*arguments])
    sys.stdout.flush()
    profiled(None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]), *sys.argv[5:])
