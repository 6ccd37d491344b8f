"""AI tools that were used on this machine, told by the folders that they keep in the home of their user."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from contextfs.adapters.transcripts.claude_code import where as claude_code
from contextfs.local.setup.model import Surroundings, ToolFound

_EDITORS: Final = ("Code", "Code - Insiders", "VSCodium")
_COPILOT: Final = ("github.copilot-chat", "github.copilot")


def tools(around: Surroundings) -> tuple[ToolFound, ...]:
    """List the tools, each once, with the first of its folders that is there."""
    found: dict[str, ToolFound] = {}
    for name, title, folder in _known(around):
        if name not in found and folder.exists():
            found[name] = ToolFound(name=name, title=title, folder=folder)
    return tuple(found.values())


def editors(around: Surroundings) -> Iterator[Path]:
    """Give the folders in which editors of the VS Code family keep what belongs to a user, there or not."""
    for name in _EDITORS:
        yield around.settings / name / "User"
    yield around.home / ".vscode-server" / "data" / "User"
    yield around.home / ".local" / "share" / "code-server" / "User"


def _known(around: Surroundings) -> Iterator[tuple[str, str, Path]]:
    home, settings = around.home, around.settings
    for folder in claude_code.roots(home, around.environment, around.platform):
        yield "claude-code", "Claude Code", folder
    yield "codex", "Codex CLI", around.chosen("CODEX_HOME", ".codex")
    yield "gemini", "Gemini CLI", home / ".gemini"
    yield "copilot", "Copilot CLI", around.chosen("COPILOT_HOME", ".copilot")
    yield from _in_editors(around)
    yield "cursor", "Cursor", home / ".cursor"
    yield "cursor", "Cursor", settings / "Cursor"
    yield "windsurf", "Windsurf", home / ".codeium" / "windsurf"
    yield "windsurf", "Windsurf", settings / "Windsurf"
    yield "cline", "Cline", home / ".cline"
    yield "continue", "Continue", home / ".continue"
    yield "aider", "Aider", home / ".aider"
    yield "aider", "Aider", home / ".aider.conf.yml"
    yield "zed", "Zed", home / ".config" / "zed"
    yield "zed", "Zed", settings / "Zed"
    yield "zed", "Zed", home / ".local" / "share" / "zed"
    yield "opencode", "OpenCode", home / ".config" / "opencode"
    yield "opencode", "OpenCode", home / ".local" / "share" / "opencode"
    yield "jetbrains", "JetBrains", home / ".jetbrains"


def _in_editors(around: Surroundings) -> Iterator[tuple[str, str, Path]]:
    for user in editors(around):
        for extension in _COPILOT:
            yield "copilot-chat", "Copilot in VS Code", user / "globalStorage" / extension
        yield "cline", "Cline", user / "globalStorage" / "saoudrizwan.claude-dev"
        yield "vscode", "VS Code", user
