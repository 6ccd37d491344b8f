"""What a hook costs a tool: the fast path against an interpreter that does nothing."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.measure import Row, pairs, row

RUNS = 40
_HOOK = (sys.executable, "-m", "clients.cli.main", "hook", "claude-code")


def run() -> list[Row]:
    """Ring as Claude Code does: where there is no store, in a store, with a long event, and with a broken one."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        variables = {"CONTEXTFS_HOME": f"{folder}/home", "CONTEXTFS_BACKGROUND": "off", "CONTEXTFS_INJECT": "off"}
        environment = os.environ | variables
        store = Path(folder) / "repository" / ".contextfs"
        store.mkdir(parents=True)
        (store / "config.toml").touch()
        ring = partial(_ring, environment=environment)
        cases = [
            ("ctx hook, no store", ring(_event(folder))),
            ("ctx hook, in a store", ring(_event(str(store.parent)))),
            ("ctx hook, an event of 100 MB", ring(_event(folder, tool_response="x" * 100_000_000))),
            ("ctx hook, broken JSON", ring(b"{")),
        ]
        floor = partial(subprocess.run, [sys.executable, "-c", "pass"], check=True)
        return [
            row(name, "python -c pass", pairs(work, floor, runs=RUNS, warmup=3), goal="≤ 3×") for name, work in cases
        ]


def _ring(event: bytes, *, environment: dict[str, str]) -> Callable[[], object]:
    return partial(subprocess.run, [*_HOOK, "Stop"], input=event, env=environment, check=True)


def _event(cwd: str, **more: str) -> bytes:
    said = {"session_id": "s1", "transcript_path": "/t/s1.jsonl", "cwd": cwd, "hook_event_name": "Stop"}
    return json.dumps(said | more).encode()
