"""Tools that keep one folder of conversations for each folder that they were used in."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from contextfs.adapters.transcripts.files import found
from contextfs.adapters.transcripts.gemini import where
from contextfs.local.setup.model import Surroundings
from contextfs.local.setup.tools import editors
from contextfs.local.setup.transcripts.glimpse import table, whole
from contextfs.local.setup.transcripts.here import Here
from contextfs.local.setup.transcripts.workspaces import folders


def gemini(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give Gemini CLI's sessions: folders are named in a list, in a file inside, or by the hash of the path."""
    home = around.home / ".gemini"
    named = table(table(whole(home / "projects.json")).get("projects"))
    ours = {name for folder, name in named.items() if here.holds(folder)}
    ours |= {sha256(folder.encode()).hexdigest() for folder in here.folders}
    ours |= {path.parent.name for path in found([(home / "tmp", "*/.project_root")]) if here.holds(_text(path))}
    for path in where.find(around.home, around.environment, around.platform):
        if where.project(path).name in ours:
            yield path


def copilot_chat(here: Here, around: Surroundings) -> Iterator[Path]:
    """Give the sessions of Copilot in VS Code; its own transcripts where they are, else the editor's."""
    for user in editors(around):
        is_far_side = not user.is_relative_to(around.settings)
        for path in found([(user / "workspaceStorage", "*/workspace.json")]):
            if any(map(here.holds, folders(path, is_far_side=is_far_side))):
                yield from _sessions(path.parent)


def _sessions(folder: Path) -> Iterator[Path]:
    clean = found([(folder / "GitHub.copilot-chat" / "transcripts", "*.jsonl")])
    yield from clean
    names = {path.stem for path in clean}
    for path in found([(folder / "chatSessions", "*.jsonl"), (folder / "chatSessions", "*.json")]):
        if path.stem not in names:
            yield path


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
