"""Where Zed keeps its agent's threads: one database."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import data

PATTERNS = ("threads.db",)


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `platform` is spelled as `sys.platform`. On Linux the folder is in lower case."""
    names = ("zed",) if platform not in ("darwin", "win32") else ("Zed",)
    flatpak = home / ".var" / "app" / "dev.zed.Zed" / "data" / "zed"
    roots = [data(home, env, platform) / name for name in names] + ([flatpak] if platform == "linux" else [])
    return [(root / "threads", "threads.db") for root in roots]
