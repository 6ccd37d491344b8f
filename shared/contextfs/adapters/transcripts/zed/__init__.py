"""Zed: its agent's threads, in one database."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts import files, sqlite
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.files import every as is_session
from contextfs.adapters.transcripts.files import nothing as beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.zed import where
from contextfs.adapters.transcripts.zed.mapping import transcript
from contextfs.adapters.transcripts.zed.reader import SQL, plain, threads
from contextfs.kit.errors import Invalid

TITLE = "Zed"
VERSION = 3
PATTERNS = where.PATTERNS
KEPT = sqlite.Kept({"threads": SQL["threads"]}, plain)


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read a database's bytes: every thread in which something was said.

    Pure: the same bytes and name give equal transcripts. Invalid when it is not a database of Zed's.
    """
    del beside
    if not data.strip():
        return []
    if data[: len(sqlite.MAGIC)] != sqlite.MAGIC:
        raise refused(data, name=name, wanted="a database of Zed", why="it is no SQLite database")
    with sqlite.unpacked(data, name) as base:
        return read_base(base, name=name)


def read_base(base: sqlite.Base, *, name: str) -> list[Transcript]:
    """Read every thread of a database; Invalid when it is not Zed's."""
    if not {"data_type", "data"} <= base.columns("threads"):
        raise Invalid(f"{name} is not a database of Zed: it has no threads. Choose the tool that wrote it.")
    made = (transcript(row, thread, tally) for row, thread, tally in threads(base))
    return [one for one in made if one]


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the databases on this machine; `platform` is spelled as `sys.platform`."""
    return files.found(where.places(home, env, platform))


__all__ = ["KEPT", "PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read", "read_base"]
