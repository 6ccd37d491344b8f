"""Cline, Roo Code and Kilo Code: one JSON of messages for each session or task."""

from collections.abc import Mapping
from pathlib import Path, PurePath

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.cline import where
from contextfs.adapters.transcripts.cline.mapping import of_command, of_extension
from contextfs.adapters.transcripts.cline.where import beside
from contextfs.adapters.transcripts.files import ALONE, FOLDER, Beside
from contextfs.adapters.transcripts.files import every as is_session
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.shapes import document, is_list, items, table
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally

TITLE = "Cline"
VERSION = 3
PATTERNS = where.PATTERNS


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: its session or task, or nothing when nothing was said.

    Pure: the same bytes, name and neighbours give equal transcripts. Invalid when it is no such session.
    """
    if not data.strip():
        return []
    tally, whole = Tally(), document(data)
    stem = PurePath(name).name.split(".", 1)[0]
    about = table(document(beside.get(where.ABOUT, b"")))
    if {"sessionId", "messages"} <= table(whole).keys() and _is_talk(items(table(whole)["messages"])):
        session = of_command(table(whole), about, fallback_id=stem, tally=tally)
    elif is_list(whole) and _is_talk(whole):
        folder = beside.get(FOLDER, b"").decode("utf-8", "replace")
        shown = document(beside.get(where.SHOWN, b""))
        session = of_extension(whole, shown, folder=folder, fallback_id=stem, tally=tally)
    else:
        raise refused(
            data, name=name, wanted="a Cline session", why="it is no JSON with messages of a role and content"
        )
    return [session] if session else []


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the session files on this machine; `platform` is spelled as `sys.platform`."""
    return files.found(where.places(home, env, platform))


def _is_talk(messages: list[object]) -> bool:
    return not messages or any({"role", "content"} <= table(one).keys() for one in messages)


__all__ = ["PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
