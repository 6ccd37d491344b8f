"""Where SpecStory keeps its histories: `.specstory/history/*.md` in each repository."""

from collections.abc import Mapping
from pathlib import Path

PATTERNS = ("*.md",)
_HISTORY = Path(".specstory", "history")


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs for the folder one works in (`PWD`), those above it, and `home`."""
    del platform  # the same everywhere
    here = Path(env["PWD"]) if env.get("PWD") else home
    folders = dict.fromkeys([here, *here.parents, home])
    return [(folder / _HISTORY, pattern) for folder in folders for pattern in PATTERNS]
