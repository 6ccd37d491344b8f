"""Continue: one JSON for each session, of its command and its editor extensions, under `~/.continue/sessions`."""

from collections.abc import Mapping
from pathlib import Path, PurePath

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.continue_ import where
from contextfs.adapters.transcripts.continue_.mapping import transcript
from contextfs.adapters.transcripts.continue_.where import beside, is_session
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.shapes import document, is_list, items, table
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally

TITLE = "Continue"
VERSION = 2
PATTERNS = where.PATTERNS


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: its session, or nothing when nothing was said, and for the list of sessions.

    Pure: the same bytes, name and neighbours give equal transcripts. Invalid when it is no such session.
    """
    if not data.strip():
        return []
    whole = document(data)
    if is_list(whole) and all("sessionId" in table(one) for one in whole):
        return []
    session = table(whole)
    if not isinstance(session.get("history"), list):
        raise refused(data, name=name, wanted="a Continue session", why="it is no JSON with a `history`")
    tally = Tally()
    stem = PurePath(name).stem
    listed = (table(one) for one in items(document(beside.get(where.LIST, b""))))
    begun = next(
        (one.get("dateCreated") for one in listed if one.get("sessionId") == session.get("sessionId", stem)), None
    )
    one = transcript(session, fallback_id=stem, begun=begun, tally=tally)
    return [one] if one else []


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the session files on this machine; `platform` is spelled as `sys.platform`."""
    return [path for path in files.found(where.places(home, env, platform)) if is_session(path)]


__all__ = ["PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
