"""Where Cursor keeps its chats: a database for the editor, and JSONL transcripts for its agent.

`<User>/globalStorage/state.vscdb` holds the editor's (older ones are in each workspace's own), and
`~/.cursor/projects/<project>/agent-transcripts/<id>/<id>.jsonl` the agent's. What has no such transcript is in
`chats/<workspace>/<id>/store.db`, in `~/.cursor` or the folder of settings.
"""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import profile, settings

PATTERNS = ("state.vscdb", "store.db", "*.jsonl")
ABOUT = "meta.json"
_SUBAGENTS = "subagents"
_CHAT = "store.db"


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; `platform` is spelled as `sys.platform`."""
    user = settings(home, env, platform) / "Cursor" / "User"
    projects = profile(home, env, platform) / ".cursor" / "projects"
    return [
        (user / "globalStorage", "state.vscdb"),
        (user / "workspaceStorage", "*/state.vscdb"),
        (projects, "*/agent-transcripts/*/*.jsonl"),
        (projects, "*/agent-transcripts/*.jsonl"),
        *((folder, f"*/*/{_CHAT}") for folder in chats(home, env, platform)),
    ]


def chats(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the folders of the agent's chats; `platform` is spelled as `sys.platform`."""
    return [profile(home, env, platform) / ".cursor" / "chats", settings(home, env, platform) / "cursor" / "chats"]


def is_session(path: Path) -> bool:
    """Tell whether the file is a conversation of its own: a subagent's is not."""
    return path.parent.name != _SUBAGENTS


def is_chat(path: Path) -> bool:
    """Tell whether the file is the database of an agent's chat."""
    return path.name == _CHAT


def beside(path: Path) -> dict[str, Path]:
    """Give the file that says in which folder, and when, an agent's session took place."""
    if len(path.parents) < 5:
        return {}
    chats = path.parents[4] / "chats"
    try:
        about = next(chats.glob(f"*/{path.stem}/meta.json"), None)
    except (OSError, ValueError):
        about = None
    return {ABOUT: about} if about else {}
