"""Where Continue keeps its sessions: `~/.continue/sessions/<id>.json`, and a list of them beside."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import chosen

PATTERNS = ("*.json",)
LIST = "sessions.json"


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `CONTINUE_GLOBAL_DIR` replaces the usual root."""
    return [(chosen("CONTINUE_GLOBAL_DIR", ".continue", home, env, platform) / "sessions", "*.json")]


def is_session(path: Path) -> bool:
    """Tell whether the file is a session: one among them is the list."""
    return path.name != LIST


def beside(path: Path) -> dict[str, Path]:
    """Give the list, which alone tells when a session began."""
    return {LIST: path.with_name(LIST)}
