"""The tools that ring: where each keeps its hooks, in which form, and which of its events we ask for.

Forms and events were read from what the tools take and send. Events of single tool calls are not asked for: what they
tell stands in the transcript, and a process for each of them would cost the user more than it gives.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from clients.settings.json_edit import All, Default, Item
from clients.settings.script_edit import Script
from clients.settings.touch import Edit, Whole
from contextfs.local.setup.model import Surroundings

_SECONDS: Final = 5
"""After this a tool stops waiting for a hook, whatever happened to it; a hook leaves long before."""

_PLUGIN: Final = Path(__file__).with_name("opencode.js")
_COMMANDS: Final = "const COMMANDS = {}"

Command = Callable[[str], str]
"""Gives the command line for an event."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A tool: its files for a user and for a repository, and the events that we ask for."""

    name: str
    title: str
    events: tuple[str, ...]
    edit: Callable[[Sequence[str], Command], Edit]
    user: Callable[[Surroundings], Path]
    project: str
    reads: str
    """The reader of its transcripts."""
    after: str = ""


def _nested(name: str, seconds: int = _SECONDS) -> Callable[[Sequence[str], Command], Edit]:
    """Write `hooks.<event>[] = {hooks: [{type, command, timeout}]}`, as Claude Code made it common."""

    def edit(events: Sequence[str], command: Command) -> Edit:
        return All(
            edits=[
                Item(
                    path=("hooks", event),
                    value={"hooks": [{"type": "command", "command": command(event), "timeout": seconds}]},
                    is_ours=_of(name),
                )
                for event in events
            ]
        )

    return edit


def _cursor(events: Sequence[str], command: Command) -> Edit:
    items = [Item(path=("hooks", event), value={"command": command(event)}, is_ours=_of("cursor")) for event in events]
    return All(edits=[Default(path=("version",), value=1), *items])


def _copilot(events: Sequence[str], command: Command) -> Edit:
    """Write a file of our own: Copilot reads every file of the folder."""

    def told(event: str) -> list[dict[str, Any]]:
        line = command(event)
        return [{"type": "command", "bash": line, "powershell": f"& {line}", "timeoutSec": _SECONDS}]

    return Whole(text=json.dumps({"version": 1, "hooks": {event: told(event) for event in events}}, indent=2) + "\n")


def _opencode(events: Sequence[str], command: Command) -> Edit:
    """Write a plugin of our own: OpenCode loads every file of the folder."""
    commands = json.dumps({event: command(event) for event in events})
    return Whole(text=_PLUGIN.read_text(encoding="utf-8").replace(_COMMANDS, f"const COMMANDS = {commands}"))


def _cline(events: Sequence[str], command: Command) -> Edit:
    """Write a script that is called like the event, or a line of one that is there: Cline runs one for each event."""
    [event] = events
    return Script(line=command(event), is_ours=" hook cline ")


def _of(name: str) -> Callable[[Any], bool]:
    """Know our own by what it calls."""
    return lambda value: f" hook {name} " in json.dumps(value)


_CLAUDE: Final = ("SessionStart", "UserPromptSubmit", "PreCompact", "Stop", "SessionEnd")

TARGETS: Final[tuple[Target, ...]] = (
    Target(
        name="claude-code",
        title="Claude Code",
        events=_CLAUDE,
        edit=_nested("claude-code"),
        user=lambda around: around.chosen("CLAUDE_CONFIG_DIR", ".claude") / "settings.json",
        project=".claude/settings.json",
        reads="claude-code",
    ),
    Target(
        name="codex",
        title="Codex",
        events=_CLAUDE,
        edit=_nested("codex"),
        user=lambda around: around.chosen("CODEX_HOME", ".codex") / "hooks.json",
        project=".codex/hooks.json",
        reads="codex",
        after="Codex asks once whether it may run the hooks: say yes.",
    ),
    Target(
        name="gemini",
        title="Gemini CLI",
        events=("SessionStart", "BeforeAgent", "PreCompress", "AfterAgent", "SessionEnd"),
        edit=_nested("gemini", _SECONDS * 1000),
        user=lambda around: around.home / ".gemini" / "settings.json",
        project=".gemini/settings.json",
        reads="gemini",
        after="Gemini runs hooks in folders that it trusts.",
    ),
    Target(
        name="copilot",
        title="Copilot CLI and Copilot in VS Code",
        events=("sessionStart", "userPromptSubmitted", "agentStop", "sessionEnd"),
        edit=_copilot,
        user=lambda around: around.chosen("COPILOT_HOME", ".copilot") / "hooks" / "contextfs.json",
        project=".github/hooks/contextfs.json",
        reads="copilot",
    ),
    Target(
        name="cursor",
        title="Cursor",
        events=("sessionStart", "beforeSubmitPrompt", "preCompact", "stop", "sessionEnd"),
        edit=_cursor,
        user=lambda around: around.home / ".cursor" / "hooks.json",
        project=".cursor/hooks.json",
        reads="cursor",
        after="Cursor 3 does not read what a hook hands over: `ctx mcp install cursor` gives it the memory.",
    ),
    Target(
        name="opencode",
        title="OpenCode",
        events=("SessionStart", "UserPromptSubmit", "PreCompact", "Stop", "SessionEnd"),
        edit=_opencode,
        user=lambda around: (
            Path(around.environment.get("XDG_CONFIG_HOME") or around.home / ".config")
            / "opencode"
            / "plugins"
            / "contextfs.js"
        ),
        project=".opencode/plugins/contextfs.js",
        reads="opencode",
    ),
    Target(
        name="cline",
        title="Cline",
        events=("TaskComplete",),
        edit=_cline,
        user=lambda around: around.home / "Documents" / "Cline" / "Hooks" / "TaskComplete",
        project=".clinerules/hooks/TaskComplete",
        reads="cline",
        after="Cline runs hooks on Linux and macOS alone; `ctx mcp install cline` gives it the memory.",
    ),
)
"""Every tool with hooks, the most used first."""
