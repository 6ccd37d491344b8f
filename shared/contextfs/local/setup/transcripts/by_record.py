"""Tools whose records say in which folder they were made."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from contextfs.adapters.transcripts.claude_code import where
from contextfs.adapters.transcripts.files import found
from contextfs.local.setup.model import Surroundings
from contextfs.local.setup.transcripts.glimpse import records, table, whole
from contextfs.local.setup.transcripts.here import Here

_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9]")
_COMPARED: Final = 150


def claude_code(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give Claude Code's sessions. Its folders are called like the path, with signs lost: the records tell for sure."""
    coded = [_NOT_PLAIN.sub("-", folder) for folder in here.folders]
    for path in found(where.places(around.home, around.environment, around.platform)):
        folder = path.parent.name
        near = any(folder.lower().startswith(code[:_COMPARED].lower()) for code in coded)
        if not near or not where.is_session(path):
            continue
        told = next((record["cwd"] for record in records(path) if isinstance(record.get("cwd"), str)), None)
        if here.holds(told) or (told is None and folder in coded):
            yield path


def codex(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give Codex's sessions: the first record names folder and repository, so a renamed folder's are found, too."""
    home = around.chosen("CODEX_HOME", ".codex")
    for path in found([(home / "sessions", "**/rollout-*.jsonl"), (home / "archived_sessions", "**/rollout-*.jsonl")]):
        head = _first(path)
        told = table(head.get("payload")) or head
        if here.holds(told.get("cwd")) or here.is_remote(table(told.get("git")).get("repository_url")):
            yield path


def copilot(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give Copilot CLI's sessions: the first record has a context."""
    for path in found([(around.chosen("COPILOT_HOME", ".copilot") / "session-state", "*/events.jsonl")]):
        told = table(table(_first(path).get("data")).get("context"))
        if here.holds(told.get("cwd")) or here.holds(told.get("gitRoot")):
            yield path


def cursor(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give the sessions of Cursor's agent; another file of the same name beside them has the folder."""
    home = around.home / ".cursor"
    named = (path for path in found([(home / "chats", "*/*/meta.json")]) if here.holds(table(whole(path)).get("cwd")))
    ours = {path.parent.name for path in named}
    for path in found([(home / "projects", "*/agent-transcripts/*/*.jsonl")]):
        if path.parent.name in ours and path.stem == path.parent.name:
            yield path


def cline(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give the sessions of Cline's command: the messages lie beside the file that names the folder."""
    for path in found([(around.home / ".cline" / "data" / "sessions", "*/*.json")]):
        if path.stem != path.parent.name:
            continue
        told = table(whole(path))
        if here.holds(told.get("cwd")) or here.holds(told.get("workspace_root")):
            yield path.with_name(f"{path.stem}.messages.json")


def continue_(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give Continue's sessions, of which one file is a list."""
    folder = around.home / ".continue" / "sessions"
    listed = whole(folder / "sessions.json")
    for entry in cast("list[Any]", listed) if isinstance(listed, list) else []:
        told = table(entry)
        if here.holds(told.get("workspaceDirectory")) and (name := _file_name(told.get("sessionId"))):
            yield folder / f"{name}.json"


def _first(path: Path) -> dict[str, Any]:
    return next(records(path), dict[str, Any]())


def _file_name(value: object) -> str | None:
    return value if isinstance(value, str) and re.fullmatch(r"[\w-]+", value) else None
