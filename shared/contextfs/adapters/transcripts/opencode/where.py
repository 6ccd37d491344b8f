"""Where OpenCode keeps its sessions: one database, or (older) JSON files for sessions, messages and parts.

`~/.local/share/opencode/opencode.db`, or `…/storage/session/<project>/<id>.json` with `…/storage/message/<id>/*.json`
and `…/storage/part/<message>/*.json`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from contextfs.adapters.transcripts.places import profile
from contextfs.adapters.transcripts.shapes import document, table, text

PATTERNS = ("opencode*.db", "*.json")
MESSAGE, PART = "message/", "part/"
_MOST_BYTES = 1 << 20
_INNER = frozenset({"message", "part", "todo", "session_diff", "project", "snapshot"})


def places(home: Path, env: Mapping[str, str], platform: str) -> list[tuple[Path, str]]:
    """Give (folder, glob) pairs; OpenCode keeps to `XDG_DATA_HOME` on every operating system."""
    data = env.get("XDG_DATA_HOME")
    root = (Path(data) if data else profile(home, env, platform) / ".local" / "share") / "opencode"
    return [(root, "opencode*.db"), (root / "storage" / "session", "*/*.json")]


def is_session(path: Path) -> bool:
    """Tell whether the file is a session or a database: messages and parts are files, too."""
    return _INNER.isdisjoint(parent.name for parent in list(path.parents)[:2])


def beside(path: Path) -> dict[str, Path]:
    """Give the files of a session's messages and of their parts, each by its folder and name."""
    if path.suffix != ".json" or path.parent.parent.name != "session":
        return {}
    storage = path.parents[2]
    session = _id(path) or path.stem
    found: dict[str, Path] = {}
    for message in _files(storage / "message" / session):
        found[f"{MESSAGE}{message.name}"] = message
        for part in _files(storage / "part" / (_id(message) or message.stem)):
            found[f"{PART}{part.parent.name}/{part.name}"] = part
    loose = {f"{PART}{part.name}": part for part in _files(storage / "part")}
    return found | loose


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in folder.glob("*.json") if path.is_file())
    except OSError:
        return


def _id(path: Path) -> str | None:
    try:
        return text(table(document(path.read_bytes()[:_MOST_BYTES])).get("id"))
    except OSError:
        return None
