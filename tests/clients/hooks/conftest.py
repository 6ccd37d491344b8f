"""`ctx hook` as tools call it: a program of its own, an event on standard input."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PAYLOADS = Path(__file__).parent / "payloads"
ROOT = Path(__file__).parent.parent.parent.parent
SHAPES = {
    "claude": "claude-code",
    "codex": "codex",
    "gemini": "gemini",
    "copilot-cli": "copilot",
    "copilot-chat-vscode": "copilot",
}
COPILOT = {"source": "sessionStart", "prompt": "userPromptSubmitted", "stopReason": "agentStop", "reason": "sessionEnd"}


@dataclass(frozen=True)
class Rung:
    """What a hook did."""

    code: int
    out: bytes
    err: str
    notes: list[dict[str, Any]]


Ring = Callable[..., Rung]


def recorded() -> list[tuple[str, str, dict[str, Any]]]:
    """Give one recorded event of each kind: the tool, the event, what it says."""
    found: dict[tuple[str, str, str], tuple[str, str, dict[str, Any]]] = {}
    for file, tool in SHAPES.items():
        for line in (PAYLOADS / f"{file}.jsonl").read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            named = said.get("hook_event_name") or next((event for key, event in COPILOT.items() if key in said), None)
            found.setdefault((file, tool, named or "postToolUse"), (tool, named or "postToolUse", said))
    return list(found.values())


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Give the environment of a tool, on a machine where nothing is installed but us."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CONTEXTFS_HOME": str(tmp_path / "home"),
        "CONTEXTFS_BACKGROUND": "off",
        "CONTEXTFS_USER": "ana",
        "CONTEXTFS_INJECT_SECONDS": "30",  # what is handed over is tested here, not how fast this machine is now
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'shared'}",
    }


@pytest.fixture
def ring(environment: dict[str, str], tmp_path: Path) -> Ring:
    """Give a function that rings, and tells what came of it; `content` is sent as it is."""

    def rung(tool: str, event: str, content: Any, *, cwd: Path | None = None, spool: Path | None = None) -> Rung:
        ended = subprocess.run(
            [sys.executable, "-m", "clients.cli.main", "hook", tool, event],
            input=content if isinstance(content, bytes) else json.dumps(content).encode(),
            env=environment,
            cwd=cwd or tmp_path,
            capture_output=True,
            check=False,
            timeout=120,
        )
        return Rung(ended.returncode, ended.stdout, ended.stderr.decode(), notes(spool or tmp_path / "home" / "spool"))

    return rung


def notes(spool: Path) -> list[dict[str, Any]]:
    """Read the notes of a spool."""
    return [json.loads(file.read_bytes()) for file in sorted(spool.glob("*.json"))]


Ctx = Callable[..., str]


@pytest.fixture
def ctx(environment: dict[str, str], tmp_path: Path) -> Ctx:
    """Give a function that runs `ctx` as a program in the repository, and tells what it printed."""

    def called(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "clients.cli.main", *arguments],
            env=environment,
            cwd=tmp_path / "repository",
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    return called


@pytest.fixture
def repository(tmp_path: Path, ctx: Ctx) -> Path:
    """Give a folder with a store."""
    folder = tmp_path / "repository"
    folder.mkdir()
    ctx("init")
    return folder
