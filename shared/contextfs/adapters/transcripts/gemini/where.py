"""Where Gemini CLI keeps its sessions: `~/.gemini/tmp/<project>/chats/session-<time>-<id>.jsonl` (older: `.json`).

`/chat save TAG` copies one to `~/.gemini/tmp/<project>/checkpoint-<tag>.json`. Where there are no sessions, in versions
that kept none, such copies are all that there is. Of several of one talk the longest holds all that the others do.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.places import profile
from contextfs.adapters.transcripts.shapes import document, items, table
from contextfs.kit.errors import ContextFSError

PATTERNS = ("session-*.jsonl", "session-*.json", "*.jsonl", "*.json")
PROJECT_ROOT = "project_root"
_CHECKPOINT = "checkpoint-"
_SESSIONS = ("chats/session-*.jsonl", "chats/session-*.json")
_NOT_SESSIONS = frozenset({"projects.json", "settings.json", "logs.json", "oauth_creds.json", "google_accounts.json"})


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the files on this machine; `platform` is spelled as `sys.platform`."""
    folder = profile(home, env, platform) / ".gemini" / "tmp"
    sessions = files.found((folder, f"*/{one}") for one in _SESSIONS)
    projects = {one.parent.parent for one in sessions}
    copies = files.found([(folder, f"*/{_CHECKPOINT}*.json")])
    alone = groupby((one for one in copies if one.parent not in projects), key=lambda one: one.parent)
    return [*sessions, *(one for _, of_project in alone for one in _longest(of_project))]


def is_session(path: Path) -> bool:
    """Tell whether the file is to be read: the tool keeps other JSON beside sessions, and copies of them."""
    if is_checkpoint(path.name):
        return not files.found((path.parent, one) for one in _SESSIONS)
    return path.name not in _NOT_SESSIONS


def is_checkpoint(name: str) -> bool:
    """Tell whether a file of this name is a copy that a person saved."""
    return name.startswith(_CHECKPOINT)


def beside(path: Path) -> dict[str, Path]:
    """Give the file in which the path of the project is written: sessions name it by a hash only."""
    return {PROJECT_ROOT: project(path) / ".project_root"}


def project(path: Path) -> Path:
    """Give the folder of the project that a file is of."""
    return path.parent if is_checkpoint(path.name) else path.parent.parent


def _longest(copies: Iterable[Path]) -> Iterator[Path]:
    """Give the copies of a project without those whose messages begin another one."""
    said = {path: _said(path) for path in copies}
    longer: list[list[Any]] = []
    left_out: set[Path] = set()
    for path in sorted(said, key=lambda one: len(said[one]), reverse=True):
        if said[path] and any(other[: len(said[path])] == said[path] for other in longer):
            left_out.add(path)
        else:
            longer.append(said[path])
    yield from (path for path in said if path not in left_out)


def _said(path: Path) -> list[Any]:
    """Give what a copy holds; nothing where it cannot be read: its reader tells why."""
    try:
        whole = document(files.read(path, limit=files.MAX_BESIDE_BYTES))
    except ContextFSError:
        return []
    return items(table(whole).get("history")) or items(whole)
