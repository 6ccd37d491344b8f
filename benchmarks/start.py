"""How long the platform takes to be ready, and how much memory it holds when idle."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Row, row
from contextfs.runtime.stack import Home, status

RUNS = 3


def run() -> list[Row]:
    """Start it on an empty folder and on a filled one; the floor is an interpreter that does nothing."""
    cold: list[float] = []
    warm: list[float] = []
    floor: list[float] = []
    memory, own = 0.0, 0.0
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
            environment = os.environ | {"CONTEXTFS_HOME": folder}
            cold.append(_seconds([*_CTX, "up", "--no-sample"], environment))
            memory, own = _memory_mb(Path(folder), _resident), _memory_mb(Path(folder), _own)
            _seconds([*_CTX, "down"], environment)
            warm.append(_seconds([*_CTX, "up", "--no-sample"], environment))
            _seconds([*_CTX, "down"], environment)
        floor.append(_seconds([sys.executable, "-c", "pass"], dict(os.environ)))
    return [
        row("ctx up, empty folder", "python -c pass", (cold, floor), goal="≤ 10 s", unit="s"),
        row("ctx up, filled folder", "python -c pass", (warm, floor), goal="≤ 4 s", unit="s"),
        row("memory of the idle stack", "goal", ([memory], [400.0]), goal="< 400 MB", unit="MB"),
        row("that, shared pages counted once", "goal", ([own], [400.0]), goal="< 400 MB", unit="MB"),
    ]


_CTX = (sys.executable, "-m", "clients.cli.main")


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def _memory_mb(folder: Path, of: Callable[[int], float]) -> float:
    """Add up the memory of every process, of Postgres too."""
    seen = status(Home(folder))
    pids = [process.pid for process in seen.processes if process.pid is not None]
    supervisor = Home(folder).children()
    roots = [*pids, *([supervisor.supervisor] if supervisor else [])]
    return sum(of(pid) for root in roots for pid in {root, *_children(root)} if root == pid or pid not in roots)


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in text.split()]


def _resident(pid: int) -> float:
    """Read what a process holds; pages that it shares with others are counted in each of them."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _own(pid: int) -> float:
    """Read the same with a share of the shared pages, so that all processes together have them once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
