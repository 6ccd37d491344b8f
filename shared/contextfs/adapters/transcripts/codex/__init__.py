"""Codex CLI: one JSONL file for each thread, under `~/.codex/sessions`."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.codex import where
from contextfs.adapters.transcripts.codex.mapping import Rollout, transcript
from contextfs.adapters.transcripts.codex.reader import records
from contextfs.adapters.transcripts.codex.rollback import taken_back
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.files import every as is_session
from contextfs.adapters.transcripts.files import nothing as beside
from contextfs.adapters.transcripts.jsonl import lines
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.view import Data

TITLE = "Codex CLI"
VERSION = 5
STREAMED = True
PATTERNS = where.PATTERNS


def read(data: Data, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: its session, or nothing for a file in which nothing was said.

    Pure: the same bytes and name give equal transcripts. Invalid when no line is one of Codex's records.
    """
    del beside
    tally = Tally()
    rollout = Rollout(records(data, tally), tally, gone=taken_back(data))
    if not rollout.is_own:
        if not any(lines(data, Tally())):
            return []
        raise refused(data, name=name, wanted="a Codex session", why="none of its lines is a record that Codex writes")
    session = transcript(rollout, name=name)
    return [session] if session else []


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the session files on this machine; `platform` is spelled as `sys.platform`."""
    return files.found(where.places(home, env, platform))


__all__ = ["PATTERNS", "STREAMED", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
