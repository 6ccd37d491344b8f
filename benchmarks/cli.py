"""What commands cost people: `ctx` in a store of 10,000 memories, against an interpreter and against git."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from benchmarks.measure import Row, pairs, row
from contextfs.domain.memories.clock import tick
from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.kit.ids import uuid7
from contextfs.local import place
from contextfs.local.store import LocalStore

MEMORIES = 10_000
RUNS = 25

CTX = str(Path(sys.executable).with_name("ctx"))
_QUIET = {"CONTEXTFS_BACKGROUND": "off"}
_SLOW = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
"""What people do not set: an installed program is compiled once."""


def run() -> list[Row]:
    """Measure in a repository of its own, all of whose memories are committed."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        root = Path(folder)
        repository(root)
        fill(root, MEMORIES)
        for command in (["git", "add", "."], ["git", "commit", "--quiet", "--message", "memories"]):
            program(command, root)()
        python = program([sys.executable, "-c", "pass"], root)
        git_status = program(["git", "status"], root)

        def add() -> object:
            return program([CTX, "memory", "add", f"The answer is {uuid4()}."], root)()

        return [
            row("ctx --help", "python -c pass", _timed(program([CTX, "--help"], root), python), goal="≤ 5"),
            row(
                "ctx status, 10,000 unchanged files",
                "git status",
                _timed(program([CTX, "status"], root), git_status),
                goal="≤ 2",
            ),
            row("ctx memory add, 10,000 memories", "python -c pass", _timed(add, python), goal="≤ 6"),
        ]


def repository(root: Path) -> None:
    """Make a repository with a store in it."""
    for command in (
        ["git", "init", "--quiet"],
        ["git", "config", "user.email", "ann@example.org"],
        ["git", "config", "user.name", "Ann"],
        [CTX, "init"],
    ):
        program(command, root)()


def fill(root: Path, many: int) -> None:
    """Put memories into the store of a folder, with their files."""
    found = place.required(root)
    now = datetime.now(UTC)
    with LocalStore.open(found, now=lambda: now, entropy=os.urandom, actor=lambda: "user:ann@example.org") as store:
        store.take_in(revision(number, now) for number in range(many))


def revision(number: int, now: datetime) -> Revision:
    """Make a memory as people write them, a few hundred characters long."""
    content = f"Service {number} listens on port {number}.\n" + "It was decided so because of the gateway.\n" * 6
    fields = Fields(
        type="fact",
        title=f"The port of service {number}",
        content=content.strip(),
        tags=("ports",),
        visibility="project",
    )
    clock = str(tick(None, now))
    return Revision(memory_id=uuid7(now, os.urandom), fields=fields, author="user:ann@example.org", clock=clock)


def program(command: list[str], folder: Path, **environment: str) -> Callable[[], object]:
    """Give a function that runs a program in a folder."""
    given = {name: value for name, value in os.environ.items() if name not in _SLOW} | _QUIET | environment
    return lambda: subprocess.run(command, cwd=folder, env=given, check=True, capture_output=True)


def _timed(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[list[float], list[float]]:
    return pairs(ours, floor, runs=RUNS, warmup=3)
