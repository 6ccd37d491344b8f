"""What commands cost people: `ctx` in a store of 10,000 memories, against an interpreter and against git."""

import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from benchmarks.measure import Row, Work, pairs, row
from contextfs.domain.memories.clock import tick
from contextfs.domain.memories.revisions import Fields, Revision
from contextfs.kit.ids import uuid7
from contextfs.local import place
from contextfs.local.store import LocalStore

MEMORIES = 10_000
RUNS = 25

LAUNCHER = """import sys
from clients.cli.main import main
if __name__ == '__main__':
    sys.argv[0] = sys.argv[0].removesuffix('.exe')
    sys.exit(main())
"""
"""What pip (26) and uv write of a command: that of pip before 26 loads `re` besides, which most commands do as well."""

ROOT = Path(__file__).parents[1]
CTX = str(Path(sys.executable).with_name("ctx"))
_QUIET = {"CONTEXTFS_BACKGROUND": "off"}
_SLOW = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
"""What people do not set: an installed program is compiled once."""


def run() -> list[Row]:
    """Measure in a repository of its own, all of whose memories are committed."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        root = Path(folder) / "repository"
        root.mkdir()
        repository(root)
        fill(root, MEMORIES)
        for command in (["git", "add", "."], ["git", "commit", "--quiet", "--message", "memories"]):
            program(command, root)()
        bare, ctx = installed(Path(folder) / "installed")
        python = program([bare, "-c", "pass"], root)
        git_status = program(["git", "status"], root)

        def add() -> object:
            return program([ctx, "memory", "add", f"The answer is {uuid4()}."], root)()

        return [
            *_rows("ctx --help", program([ctx, "--help"], root), "python -c pass", python, goal="≤ 5"),
            *_rows(
                "ctx status, 10,000 unchanged files",
                program([ctx, "status"], root),
                "git status",
                git_status,
                goal="≤ 2",
            ),
            *_rows("ctx memory add, 10,000 memories", add, "python -c pass", python, goal="≤ 6"),
        ]


def _rows(what: str, ours: Work, floor: str, theirs: Work, *, goal: str) -> Iterator[Row]:
    """Compare by the clock, and by processor time, which other work on the machine changes less."""
    for suffix, clock in (("", time.perf_counter), (", processor time", spent)):
        yield row(f"{what}{suffix}", floor, pairs(ours, theirs, runs=RUNS, warmup=3, clock=clock), goal=goal)


def spent() -> float:
    """Give the processor time, in seconds, of all programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def installed(folder: Path) -> tuple[str, str]:
    """Install `ctx` as people have it, without what develops it: packages of that load modules into each interpreter.

    Gives the interpreter and the command.
    """
    venv.create(folder, with_pip=False)
    python, site = folder / "bin/python", next(folder.glob("lib/python*/site-packages"))
    found = [*(str(ROOT / name) for name in ("", "shared")), sysconfig.get_path("purelib")]
    (site / "contextfs.pth").write_text("\n".join(found))
    ctx = folder / "bin/ctx"
    ctx.write_text(f"#!{python}\n{LAUNCHER}")
    ctx.chmod(0o755)
    return str(python), str(ctx)


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
