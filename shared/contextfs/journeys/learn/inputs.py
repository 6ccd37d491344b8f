"""What a tool was asked for, whatever words its input uses: the command of a shell, the path of a file."""

import re
from collections.abc import Mapping
from typing import cast

from contextfs.journeys.learn.turns import ToolUse
from contextfs.kit.pattern import pattern

_SHELLS = frozenset(
    [
        "bash",
        "shell",
        "exec_command",
        "run_shell_command",
        "run_terminal_command",
        "run_terminal_cmd",
        "run_command",
        "terminal",
        "execute",
        "execute_command",
        "run_in_terminal",
        "local_shell",
        "container.exec",
        "shell_command",
    ],
)
_EDITORS = pattern(
    r"(?:multi_?edit|edit|write|replace|apply_?patch|create_file|str_replace\w*|write_file|notebookedit|update_file|edit_file)",
    re.IGNORECASE,
)
_SPAN = pattern(r"`([^`\n]+)`")
_PATHS = ("file_path", "path", "filePath", "target_file", "notebook_path")


def command_of(use: ToolUse) -> str:
    """Give the shell command of a call; empty when the tool is no shell."""
    given = _table(use.input)
    if _name(use) not in _SHELLS:
        return ""
    value = given.get("command") or given.get("cmd") or ""
    if isinstance(value, list):
        words = [str(word) for word in cast("list[object]", value)]
        return words[-1] if words[:1] in (["bash"], ["sh"], ["zsh"]) else " ".join(words)
    return str(value) or _rendered(given)


def path_of(use: ToolUse) -> str:
    """Give the file that a call speaks of, with slashes; empty when there is none."""
    given = _table(use.input)
    path = next((given[name] for name in _PATHS if given.get(name)), "")
    if not path and _name(use) not in _SHELLS:
        path = _rendered(given)
    return path.replace("\\", "/") if isinstance(path, str) else ""


def edits(use: ToolUse) -> bool:
    """Say whether a call changes a file."""
    return _EDITORS.fullmatch(_name(use)) is not None


def _name(use: ToolUse) -> str:
    return use.name.lower().rsplit("__", 1)[-1]


def _table(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _rendered(given: Mapping[str, object]) -> str:
    """Read an input of which only its rendering in Markdown is left: its last code span."""
    text = given.get("text")
    spans = cast("list[str]", _SPAN.findall(text)) if isinstance(text, str) else []
    return spans[-1] if spans else ""
