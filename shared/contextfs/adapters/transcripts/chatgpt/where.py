"""Where a ChatGPT export is found: the person downloads it, as a zip that holds `conversations.json`."""

from collections.abc import Mapping
from pathlib import Path

PATTERNS = ("conversations*.json", "*.zip")
_GLOBS = ("conversations*.json", "*/conversations*.json", "*.zip")


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `platform` is spelled as `sys.platform`."""
    profile = Path(env["USERPROFILE"]) if platform == "win32" and env.get("USERPROFILE") else home
    downloads = Path(env["XDG_DOWNLOAD_DIR"]) if env.get("XDG_DOWNLOAD_DIR") else profile / "Downloads"
    return [(downloads, pattern) for pattern in _GLOBS]
