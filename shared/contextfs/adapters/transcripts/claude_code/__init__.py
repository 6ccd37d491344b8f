"""Claude Code: one JSONL file for each session, under `~/.claude/projects`."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.claude_code import where
from contextfs.adapters.transcripts.claude_code.mapping import Session, transcript
from contextfs.adapters.transcripts.claude_code.where import is_session
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.files import nothing as beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.view import Data

TITLE = "Claude Code"
VERSION = 5
STREAMED = True
PATTERNS = where.PATTERNS
_WANTED = "a Claude Code session"


def read(data: Data, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: its session, or nothing for an empty file and for a subagent's own file.

    Pure: the same bytes and name give equal transcripts. Invalid when no line is one of Claude Code's records.
    """
    del beside
    tally = Tally()
    session = Session(data, tally)
    if not session.is_own:
        if not session.nodes and not tally.counts():
            return []
        raise refused(data, name=name, wanted=_WANTED, why="none of its lines is a record that Claude Code writes")
    one = transcript(session, name=name)
    return [one] if one else []


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the session files on this machine; `platform` is spelled as `sys.platform`."""
    return [path for path in files.found(where.places(home, env, platform)) if is_session(path)]


__all__ = ["PATTERNS", "STREAMED", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
