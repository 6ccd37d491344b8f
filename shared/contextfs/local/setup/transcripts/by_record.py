"""Tools whose records say in which folder they were made."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from contextfs.adapters.transcripts.claude_code import where
from contextfs.adapters.transcripts.cline import where as cline_where
from contextfs.adapters.transcripts.cline.mapping import folder_in
from contextfs.adapters.transcripts.files import found
from contextfs.local.setup.model import Surroundings
from contextfs.local.setup.transcripts.glimpse import head, records, table, whole
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


def cline(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give Cline's sessions: a file beside the messages names the folder, or the first message of a task does."""
    for path in found(cline_where.places(around.home, around.environment, around.platform)):
        about = cline_where.beside(path).get(cline_where.ABOUT)
        told = table(whole(about)) if about else {"cwd": _unescaped(folder_in(head(path)))}
        if here.holds(told.get("cwd")) or here.holds(told.get("workspace_root")):
            yield path


def continue_(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give Continue's sessions, of which one file is a list."""
    folder = around.chosen("CONTINUE_GLOBAL_DIR", ".continue") / "sessions"
    listed = whole(folder / "sessions.json")
    for entry in cast("list[Any]", listed) if isinstance(listed, list) else []:
        told = table(entry)
        if here.holds(told.get("workspaceDirectory")) and (name := _file_name(told.get("sessionId"))):
            yield folder / f"{name}.json"


def _unescaped(folder: str | None) -> str | None:
    """Give a path that stood in JSON: of what may stand in one, only the other slash is written otherwise."""
    return folder.replace("\\\\", "\\") if folder else None


def _first(path: Path) -> dict[str, Any]:
    return next(records(path), dict[str, Any]())


def _file_name(value: object) -> str | None:
    return value if isinstance(value, str) and re.fullmatch(r"[\w-]+", value) else None
