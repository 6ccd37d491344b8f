"""What importing one handler costs: the time before a serverless function can take its first call."""

import os
import subprocess
import sys

from benchmarks.measure import Row, row
from contextfs.runtime.wiring import routes, triggers

RUNS = 5


def run() -> list[Row]:
    """Import the handlers of every group in a fresh interpreter each, against one that imports nothing."""
    groups = {one.name: one.name for one in (*routes(), *triggers())}
    floor = [_cpu_seconds("pass") for _ in range(RUNS)]
    rows: list[Row] = []
    for name in groups:
        times = [_cpu_seconds(f"import functions.{name}") for _ in range(RUNS)]
        rows.append(row(f"import functions.{name}", "python -c pass", (times, floor), goal="≤ 0.3 s", unit="s CPU"))
    return sorted(rows, key=lambda one: -one.ours)[:5]


def _cpu_seconds(code: str) -> float:
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system
