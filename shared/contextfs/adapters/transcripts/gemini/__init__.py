"""Gemini CLI: one log of events for each session, under `~/.gemini/tmp`."""

from pathlib import PurePath

from contextfs.adapters.transcripts.files import ALONE, FOLDER, Beside
from contextfs.adapters.transcripts.gemini import where
from contextfs.adapters.transcripts.gemini.mapping import transcript
from contextfs.adapters.transcripts.gemini.reader import played
from contextfs.adapters.transcripts.gemini.where import beside, find, is_session
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally

TITLE = "Gemini CLI"
VERSION = 4
PATTERNS = where.PATTERNS


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: its session, or nothing for a file in which nothing was said.

    Pure: the same bytes, name and neighbours give equal transcripts. Invalid when it is no such session.
    """
    tally = Tally()
    if not data.strip():
        return []
    log = played(data, tally)
    if not log.events:
        raise refused(
            data, name=name, wanted="a Gemini CLI session", why="it has neither a session's head nor messages"
        )
    if where.is_checkpoint(name):
        folder = PurePath(beside.get(FOLDER, b"").decode("utf-8", "replace")).name
        log.head["sessionId"] = f"{folder}/{PurePath(name).stem}"
    root = beside.get(where.PROJECT_ROOT, b"").decode("utf-8", "replace").strip()
    session = transcript(log, name=name, cwd=root or None, tally=tally)
    return [session] if session else []


__all__ = ["PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
