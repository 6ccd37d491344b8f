"""Where Codex keeps its sessions: `<root>/sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl`, and archived ones."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import chosen

PATTERNS = ("rollout-*.jsonl", "rollout-*.json", "*.jsonl")
_FILES = ("**/rollout-*.jsonl", "rollout-*.json")


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `CODEX_HOME` replaces the usual root. The first versions wrote one JSON each."""
    root = chosen("CODEX_HOME", ".codex", home, env, platform)
    return [(root / folder, pattern) for folder in ("sessions", "archived_sessions") for pattern in _FILES]
