"""Where Aider keeps its history: `.aider.chat.history.md` in each repository, with what was typed beside it."""

from collections.abc import Mapping
from pathlib import Path

PATTERNS = (".aider.chat.history.md", "*aider*history*.md")
TYPED = "typed"
_HISTORY = ".aider.chat.history.md"


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs for the folder one works in (`PWD`), those above it, and `home`."""
    del platform  # the same everywhere
    chosen = Path(env["AIDER_CHAT_HISTORY_FILE"]) if env.get("AIDER_CHAT_HISTORY_FILE") else None
    here = Path(env["PWD"]) if env.get("PWD") else home
    folders = dict.fromkeys([here, *here.parents, home])
    named = [(chosen.parent, chosen.name)] if chosen and chosen.name else []
    return [*named, *((folder, _HISTORY) for folder in folders)]


def beside(path: Path) -> dict[str, Path]:
    """Give the file with what was typed: what tells a person's heading from the model's."""
    return {TYPED: path.with_name(path.name.replace("chat", "input").removesuffix(".md"))}
