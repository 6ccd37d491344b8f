"""Aider: one Markdown history for all sessions in a repository."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.aider import where
from contextfs.adapters.transcripts.aider.mapping import transcript
from contextfs.adapters.transcripts.aider.reader import sessions, typed
from contextfs.adapters.transcripts.aider.where import beside
from contextfs.adapters.transcripts.files import ALONE, FOLDER, Beside
from contextfs.adapters.transcripts.files import every as is_session
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.shapes import plain_text
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally

TITLE = "Aider"
VERSION = 3
PATTERNS = where.PATTERNS
_MARKS = ("# aider chat started at ", "\n#### ", "\n> Tokens: ")


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: a transcript for each session in which something was said.

    Pure: the same bytes, name and neighbours give equal transcripts. Invalid when nothing in it is Aider's.
    """
    history, is_damaged = plain_text(data)
    if not history.strip():
        return []
    if not any(mark in f"\n{history}" for mark in _MARKS):
        raise refused(data, name=name, wanted="an Aider history", why="no line tells that a chat was started")
    entries = typed(beside.get(where.TYPED, b""))
    folder = beside.get(FOLDER, b"").decode("utf-8", "replace") or None
    transcripts: list[Transcript] = []
    for session in sessions(history):
        tally = Tally()
        tally.add("invalid_utf8", is_damaged)
        one = transcript(session, entries, cwd=folder if name.startswith(".") else None, tally=tally)
        transcripts += [one] if one else []
    return transcripts


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the histories of the repository one works in (`PWD`); `platform` is spelled as `sys.platform`."""
    return files.found(where.places(home, env, platform))


__all__ = ["PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
