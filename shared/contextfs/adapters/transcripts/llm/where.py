"""Where `llm` keeps its logs: one database."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import settings

PATTERNS = ("logs.db",)


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `LLM_USER_PATH` replaces the usual folder."""
    chosen = env.get("LLM_USER_PATH")
    return [(Path(chosen) if chosen else settings(home, env, platform) / "io.datasette.llm", "logs.db")]
