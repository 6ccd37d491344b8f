"""Where Gemini CLI keeps its sessions: `~/.gemini/tmp/<project>/chats/session-<time>-<id>.jsonl` (older: `.json`)."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import profile

PATTERNS = ("session-*.jsonl", "session-*.json", "*.jsonl", "*.json")
PROJECT_ROOT = "project_root"
_NOT_SESSIONS = frozenset({"projects.json", "settings.json", "logs.json", "oauth_creds.json", "google_accounts.json"})


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `platform` is spelled as `sys.platform`."""
    sessions = profile(home, env, platform) / ".gemini" / "tmp"
    return [(sessions, f"*/chats/session-*.{ending}") for ending in ("jsonl", "json")]


def is_session(path: Path) -> bool:
    """Tell whether the file is a session: the tool keeps other JSON beside them."""
    return path.name not in _NOT_SESSIONS and not path.name.startswith("checkpoint")


def beside(path: Path) -> dict[str, Path]:
    """Give the file in which the path of the project is written: sessions name it by a hash only."""
    return {PROJECT_ROOT: path.parent.parent / ".project_root"}
