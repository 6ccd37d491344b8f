"""OpenCode: sessions in its database, in exports, or (older) in one file for each message and part."""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath

from contextfs.adapters.transcripts import files, sqlite
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.opencode import where
from contextfs.adapters.transcripts.opencode.mapping import transcript
from contextfs.adapters.transcripts.opencode.reader import SQL, Session, of_base, of_export, of_files
from contextfs.adapters.transcripts.opencode.where import beside, is_session
from contextfs.adapters.transcripts.shapes import document, table
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally
from contextfs.kit.errors import Invalid

TITLE = "OpenCode"
VERSION = 3
PATTERNS = where.PATTERNS
KEPT = sqlite.Kept(
    {"session": SQL["kept_sessions"], "message": SQL["kept_messages"], "part": SQL["kept_parts"]},
)


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: every session of a database, an export, or a session whose messages lie beside it.

    Pure: the same bytes, name and neighbours give equal transcripts. Invalid when it is none of them.
    """
    if data[: len(sqlite.MAGIC)] == sqlite.MAGIC:
        with sqlite.unpacked(data, name) as base:
            return read_base(base, name=name)
    if not data.strip():
        return []
    whole = table(document(data))
    if isinstance(whole.get("messages"), list) and isinstance(whole.get("info"), dict):
        return _transcripts([of_export(whole)], name)
    if "projectID" in whole and "id" in whole:
        return _transcripts([of_files(whole, beside)], name)
    raise refused(
        data, name=name, wanted="an OpenCode session", why="it is neither an export nor the file of a session"
    )


def read_base(base: sqlite.Base, *, name: str) -> list[Transcript]:
    """Read every session of a database; Invalid when it is not OpenCode's."""
    if not base.columns("session") or not base.columns("part"):
        raise Invalid(f"{name} is not a database of OpenCode: it has no sessions. Choose the tool that wrote it.")
    return _transcripts(of_base(base), name)


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the databases and session files on this machine; `platform` is spelled as `sys.platform`."""
    return files.found(where.places(home, env, platform))


def _transcripts(sessions: Iterable[Session], name: str) -> list[Transcript]:
    stem = PurePath(name).stem
    made = (transcript(session, fallback_id=stem, tally=Tally()) for session in sessions)
    return [one for one in made if one]


__all__ = ["KEPT", "PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read", "read_base"]
