"""Programs that need no wrapping but in name: they keep transcripts, or go where their environment says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

TRANSCRIPTS: Final = {
    "claude": "claude-code",
    "codex": "codex",
    "gemini": "gemini",
    "copilot": "copilot",
    "opencode": "opencode",
    "cursor-agent": "cursor",
    "aider": "aider",
    "cline": "cline",
    "cn": "continue",
    "llm": "llm",
}
"""Each with the reader of what it writes."""

BY_ENVIRONMENT: Final = frozenset(
    {"mods", "sgpt", "shell_gpt", "fabric", "gptme", "interpreter", "chatblade", "aichat", "goose", "elia", "oterm"}
)
"""Programs that take the address of their model from OPENAI_BASE_URL or ANTHROPIC_BASE_URL."""


def name(command: Sequence[str]) -> str:
    """Give the name of the program."""
    return Path(command[0]).name.lower().removesuffix(".exe").removesuffix(".cmd")
