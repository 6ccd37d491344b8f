"""The clients that we can write ourselves into: where each keeps its servers, and in which form.

Paths and forms were read from the clients' own documentation, and from what their own `mcp add` writes.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from clients.settings.json_edit import Member
from clients.settings.toml_edit import Table
from clients.settings.touch import Edit, Whole
from contextfs.local.setup.model import Surroundings
from contextfs.local.setup.tools import editors

NAME: Final = "contextfs"
WORKSPACE: Final = "${workspaceFolder}"

Works = Literal["inside", "variable", "elsewhere"]
"""Where a client starts a server: in the folder that is worked on, elsewhere with a variable for that, or elsewhere."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A client: its files for a user and for a repository (None: it has none), and what it wants to read there."""

    name: str
    title: str
    edit: Callable[[list[str]], Edit]
    user: Callable[[Surroundings], Path] | None = None
    project: str | None = None
    works: Works = "inside"
    after: str = ""
    """What the user has to do for it to take effect."""


def _servers(*path: str, **more: Any) -> Callable[[list[str]], Edit]:
    def edit(command: list[str]) -> Edit:
        return Member(path=(*path, NAME), value={**more, "command": command[0], "args": command[1:]})

    return edit


def _opencode(command: list[str]) -> Edit:
    return Member(path=("mcp", NAME), value={"type": "local", "command": command, "enabled": True})


def _codex(command: list[str]) -> Edit:
    return Table(path=("mcp_servers", NAME), values={"command": command[0], "args": command[1:]})


def _continue(command: list[str]) -> Edit:
    """Write a file of one server; JSON strings are YAML strings."""
    words = [msgspec.json.encode(word).decode() for word in command]
    lines = ["name: ContextFS", "version: 0.1.0", "schema: v1", "mcpServers:", f"  - name: {NAME}"]
    lines += [f"    command: {words[0]}", "    args:", *(f"      - {word}" for word in words[1:])]
    return Whole(text="\n".join(lines) + "\n")


def _claude_code(around: Surroundings) -> Path:
    given = around.environment.get("CLAUDE_CONFIG_DIR")
    return (Path(given) if given else around.home) / ".claude.json"


def _vscode(around: Surroundings) -> Path:
    found = list(editors(around))
    return next((user for user in found if user.is_dir()), found[0])


def _first(*files: Path) -> Path:
    return next((file for file in files if file.exists()), files[0])


def _opencode_file(around: Surroundings) -> Path:
    folder = Path(around.environment.get("XDG_CONFIG_HOME") or around.home / ".config") / "opencode"
    return _first(folder / "opencode.json", folder / "opencode.jsonc")


def _zed(around: Surroundings) -> Path:
    folder = around.settings / "Zed" if around.platform == "win32" else around.home / ".config" / "zed"
    return folder / "settings.json"


TARGETS: Final[tuple[Target, ...]] = (
    Target(
        name="claude-code",
        title="Claude Code",
        edit=_servers("mcpServers", type="stdio"),
        user=_claude_code,
        project=".mcp.json",
    ),
    Target(
        name="claude-desktop",
        title="Claude Desktop",
        edit=_servers("mcpServers"),
        user=lambda around: around.settings / "Claude" / "claude_desktop_config.json",
        works="elsewhere",
        after="Restart Claude Desktop.",
    ),
    Target(
        name="codex",
        title="Codex",
        edit=_codex,
        user=lambda around: around.chosen("CODEX_HOME", ".codex") / "config.toml",
        project=".codex/config.toml",
    ),
    Target(
        name="gemini",
        title="Gemini CLI",
        edit=_servers("mcpServers"),
        user=lambda around: around.home / ".gemini" / "settings.json",
        project=".gemini/settings.json",
    ),
    Target(
        name="copilot",
        title="Copilot CLI",
        edit=_servers("mcpServers", type="local", tools=["*"]),
        user=lambda around: around.chosen("COPILOT_HOME", ".copilot") / "mcp-config.json",
        project=".github/mcp.json",
    ),
    Target(
        name="vscode",
        title="VS Code",
        edit=_servers("servers", type="stdio"),
        user=lambda around: _vscode(around) / "mcp.json",
        project=".vscode/mcp.json",
        works="variable",
    ),
    Target(
        name="cursor",
        title="Cursor",
        edit=_servers("mcpServers"),
        user=lambda around: around.home / ".cursor" / "mcp.json",
        project=".cursor/mcp.json",
        works="variable",
        after="Switch it on in Cursor's settings, under MCP.",
    ),
    Target(
        name="windsurf",
        title="Windsurf (Devin Desktop)",
        edit=_servers("mcpServers"),
        user=lambda around: around.home / ".codeium" / "windsurf" / "mcp_config.json",
        works="elsewhere",
    ),
    Target(
        name="zed",
        title="Zed",
        edit=_servers("context_servers"),
        user=_zed,
        project=".zed/settings.json",
    ),
    Target(
        name="opencode",
        title="OpenCode",
        edit=_opencode,
        user=_opencode_file,
        project="opencode.json",
    ),
    Target(
        name="cline",
        title="Cline CLI",
        edit=_servers("mcpServers"),
        user=lambda around: around.home / ".cline" / "data" / "settings" / "cline_mcp_settings.json",
    ),
    Target(
        name="cline-vscode",
        title="Cline in VS Code",
        edit=_servers("mcpServers"),
        user=lambda around: (
            _vscode(around) / "globalStorage" / "saoudrizwan.claude-dev" / "settings" / "cline_mcp_settings.json"
        ),
        works="elsewhere",
    ),
    Target(
        name="continue",
        title="Continue",
        edit=_continue,
        project=".continue/mcpServers/contextfs.yaml",
    ),
)
"""Every client, the most used first."""
