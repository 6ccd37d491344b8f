"""SpecStory: Markdown histories of several agents' sessions, kept in the repository under `.specstory/history`."""

from collections.abc import Mapping
from pathlib import Path, PurePath

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.files import every as is_session
from contextfs.adapters.transcripts.files import nothing as beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.specstory import where
from contextfs.adapters.transcripts.specstory.mapping import transcript
from contextfs.adapters.transcripts.specstory.reader import blocks, header
from contextfs.adapters.transcripts.tally import Tally

TITLE = "SpecStory"
VERSION = 2
PATTERNS = where.PATTERNS
_BOM = "\ufeff"


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: its session, or nothing for a file without a message.

    Pure: the same bytes and name give equal transcripts. Bytes that are not UTF-8 are replaced, and counted once.
    Invalid when the file has neither SpecStory's first line nor a heading of a speaker.
    """
    del beside
    tally = Tally()
    text = _decoded(data, tally).removeprefix(_BOM).replace("\r\n", "\n")
    if not text.strip():
        return []
    head = header(text)
    said = list(blocks(text, head.started_at))
    if head.format is None and not said:
        raise refused(data, name=name, wanted="a SpecStory history", why="no line names a speaker (`_**User**_`)")
    session = transcript(head, said, fallback_id=PurePath(name).stem, tally=tally)
    return [session] if session else []


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the histories of the repository one works in (`PWD`); `platform` is spelled as `sys.platform`."""
    return files.found(where.places(home, env, platform))


def _decoded(data: bytes, tally: Tally) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        tally.add("invalid_utf8")
        return data.decode(errors="replace")


__all__ = ["PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
