"""Editors that start agents, and the agents that they may start through us."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from clients.settings.json_edit import All, Member
from contextfs.kit.errors import NotFound
from contextfs.local.setup.model import Surroundings

AGENTS: Final = {
    "Gemini CLI": ("gemini", "--acp"),
    "GitHub Copilot": ("copilot", "--acp"),
    "OpenCode": ("opencode", "acp"),
    "Claude Code": ("claude-code-acp",),
    "Codex": ("codex-acp",),
    "Goose": ("goose", "acp"),
}
"""How each agent is started to speak the protocol on its standard streams."""


class Editor(msgspec.Struct, frozen=True, kw_only=True):
    """An editor: where its settings are, and what it wants beside the command of an agent."""

    name: str
    title: str
    path: Callable[[Surroundings], Path]
    more: dict[str, Any] = {}
    after: str = ""

    def edit(self, program: list[str] | None) -> All:
        """Write every agent that is installed, through us; without a program, what takes them all out again.

        NotFound where there is no agent.
        """
        found = {title: words for title, words in AGENTS.items() if program is None or shutil.which(words[0])}
        if not found:
            names = ", ".join(words[0] for words in AGENTS.values())
            raise NotFound(f"{self.title} can start none of your programs: install one of {names}.")
        return All(
            edits=[
                Member(path=("agent_servers", f"{title} (ContextFS)"), value=self._entry(program or [], words))
                for title, words in found.items()
            ]
        )

    def _entry(self, program: list[str], words: tuple[str, ...]) -> dict[str, Any]:
        command, *before = program or [""]
        return self.more | {"command": command, "args": [*before, "acp", "--", *words], "env": {}}


def _zed(around: Surroundings) -> Path:
    if around.platform == "win32":
        return Path(around.environment.get("APPDATA") or around.home / "AppData" / "Roaming") / "Zed" / "settings.json"
    return around.home / ".config" / "zed" / "settings.json"


EDITORS: Final = (
    Editor(
        name="jetbrains",
        title="AI Assistant of JetBrains' IDEs",
        path=lambda around: around.home / ".jetbrains" / "acp.json",
        after="Choose the agent by its name with (ContextFS) in the AI chat.",
    ),
    Editor(
        name="zed",
        title="Zed",
        path=_zed,
        more={"type": "custom"},
        after="Begin a new thread with the agent whose name has (ContextFS).",
    ),
)
"""Every editor that we write the settings of."""
