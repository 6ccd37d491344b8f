"""Cursor: the editor's conversations in its database, and its agent's as JSONL, or each in a database of its own."""

from collections.abc import Mapping
from pathlib import Path, PurePath

import msgspec

from contextfs.adapters.transcripts import files, sqlite
from contextfs.adapters.transcripts.cursor import agent, chats, editor, where
from contextfs.adapters.transcripts.cursor.telling import told
from contextfs.adapters.transcripts.cursor.where import beside, is_session
from contextfs.adapters.transcripts.decoding import FAULTS
from contextfs.adapters.transcripts.files import ALONE, FOLDER, Beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.shapes import table
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally
from contextfs.kit.errors import Invalid

TITLE = "Cursor"
VERSION = 4
PATTERNS = where.PATTERNS
KEPT = sqlite.Kept(
    {
        "cursorDiskKV": editor.SQL["kept_keys"],
        "ItemTable": editor.SQL["kept_items"],
        "meta": editor.SQL["kept_about"],
        "blobs": chats.named_by_root,
    },
    chats.plain,
)
_WANTED = "a Cursor conversation"


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: an agent's session, or every conversation of a database.

    Pure: the same bytes, name and neighbours give equal transcripts. Invalid when it is neither. Nothing for an empty
    file, and for a subagent's own.
    """
    if data[: len(sqlite.MAGIC)] == sqlite.MAGIC:
        with sqlite.unpacked(data, name) as base:
            return read_base(base, name=name)
    tally = Tally()
    own = agent.records(data, tally)
    if not own and data.strip():
        raise refused(
            data, name=name, wanted="a Cursor agent session", why="none of its lines has a role and a message"
        )
    if PurePath(beside.get(FOLDER, b"").decode("utf-8", "replace")).name == "subagents":
        return []
    session = agent.transcript(own, external_id=PurePath(name).stem, about=_about(beside), tally=tally)
    return [session] if session else []


def read_base(base: sqlite.Base, *, name: str) -> list[Transcript]:
    """Read every conversation of an editor's database, or the one of an agent's; Invalid when it is neither."""
    if chats.is_chat(base):
        chat = chats.transcript(base)
        return [chat] if chat else []
    if not base.columns("cursorDiskKV") and not base.columns("ItemTable"):
        raise Invalid(f"{name} is not a database of Cursor: it has no table of keys. Choose the tool that wrote it.")
    return list(editor.transcripts(base))


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the databases and transcripts on this machine; `platform` is spelled as `sys.platform`."""
    found = [path for path in files.found(where.places(home, env, platform)) if is_session(path)]
    in_files = told(found)
    return [path for path in found if not (where.is_chat(path) and path.parent.name in in_files)]


def _about(beside: Beside) -> dict[str, object]:
    try:
        return table(msgspec.json.decode(beside.get(where.ABOUT, b"null")))
    except FAULTS:
        return {}


__all__ = ["KEPT", "PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read", "read_base", "told"]
