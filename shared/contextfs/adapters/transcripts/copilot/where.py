"""Where Copilot CLI keeps its sessions: `~/.copilot/session-state/<id>/events.jsonl`, with `workspace.yaml` beside."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import chosen

PATTERNS = ("events.jsonl", "*.jsonl")
ABOUT = "workspace.yaml"


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `COPILOT_HOME` replaces the usual root. Older versions wrote one file each."""
    sessions = chosen("COPILOT_HOME", ".copilot", home, env, platform) / "session-state"
    return [(sessions, "*/events.jsonl"), (sessions, "*.jsonl")]


def beside(path: Path) -> dict[str, Path]:
    """Give the file that says what the session is called and where it takes place."""
    return {ABOUT: path.parent / ABOUT}
