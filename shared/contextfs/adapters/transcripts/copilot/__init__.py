"""Copilot CLI: one log of events for each session, under `~/.copilot/session-state`."""

from collections.abc import Mapping
from pathlib import Path, PurePath

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.copilot import where
from contextfs.adapters.transcripts.copilot.events import events, is_own
from contextfs.adapters.transcripts.copilot.mapping import transcript
from contextfs.adapters.transcripts.copilot.where import beside
from contextfs.adapters.transcripts.files import ALONE, FOLDER, Beside
from contextfs.adapters.transcripts.files import every as is_session
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.shapes import simple_yaml
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally

TITLE = "Copilot CLI"
VERSION = 3
PATTERNS = where.PATTERNS
TOOL = "copilot"


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: its session, or nothing for a file in which nothing was said.

    Pure: the same bytes, name and neighbours give equal transcripts. Invalid when no line is one of Copilot's events.
    """
    tally = Tally()
    if not data.strip():
        return []
    log = list(events(data, tally))
    if not any(map(is_own, log)):
        raise refused(data, name=name, wanted="a Copilot session", why="none of its lines is an event of Copilot's")
    about = simple_yaml(beside.get(where.ABOUT, b""))
    folder = beside.get(FOLDER, b"").decode("utf-8", "replace")
    stem = PurePath(folder).name if PurePath(name).stem == "events" and folder else PurePath(name).stem
    session = transcript(log, tool=TOOL, fallback_id=stem, about=about, tally=tally)
    return [session] if session else []


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the session files on this machine; `platform` is spelled as `sys.platform`."""
    return files.found(where.places(home, env, platform))


__all__ = ["PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
