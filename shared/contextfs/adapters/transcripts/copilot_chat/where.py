"""Where VS Code keeps its chats: the editor's own log of each session, and a transcript by the extension.

`<User>/workspaceStorage/<workspace>/chatSessions/<id>.jsonl` (older: `.json`) is the editor's; windows without a folder
have theirs in `globalStorage/emptyWindowChatSessions`. `GitHub.copilot-chat/transcripts/<id>.jsonl` beside it is the
extension's: it lacks tokens and what other participants said, and is read where the editor's is gone.
"""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import editors

PATTERNS = ("*.jsonl", "*.json")
WORKSPACE = "workspace"
TWIN = "twin"
_EDITORS = ("Code", "Code - Insiders", "VSCodium")
_TRANSCRIPTS = "transcripts"
_NOT_SESSIONS = frozenset({"main.jsonl", "state.json", "meta.json", "workspace.json", "chatSessions.json"})


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `platform` is spelled as `sys.platform`."""
    globs = (
        ("workspaceStorage", "*/chatSessions/*.jsonl"),
        ("workspaceStorage", "*/chatSessions/*.json"),
        ("workspaceStorage", "*/GitHub.copilot-chat/transcripts/*.jsonl"),
        ("globalStorage/emptyWindowChatSessions", "*.jsonl"),
        ("globalStorage/emptyWindowChatSessions", "*.json"),
    )
    users = editors(home, env, platform, _EDITORS)
    return [(user / folder, pattern) for user in users for folder, pattern in globs]


def is_session(path: Path) -> bool:
    """Tell whether the file is to be read by itself: a transcript is not, when the editor's log of it is there."""
    return path.name not in _NOT_SESSIONS and _twin(path) is None


def beside(path: Path) -> dict[str, Path]:
    """Give the file that names the workspace's folder, and for a transcript the editor's log of the same session."""
    twin = _twin(path)
    folder = path.parents[2] if path.parent.name == _TRANSCRIPTS and len(path.parents) > 2 else path.parent.parent
    return {WORKSPACE: folder / "workspace.json"} | ({TWIN: twin} if twin else {})


def _twin(path: Path) -> Path | None:
    if path.parent.name != _TRANSCRIPTS or len(path.parents) < 3:
        return None
    logs = path.parents[2] / "chatSessions"
    return next((log for ending in ("jsonl", "json") if (log := logs / f"{path.stem}.{ending}").is_file()), None)
