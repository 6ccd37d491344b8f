"""GitHub Copilot Chat in VS Code: the editor's log of each session, or the extension's transcript of it."""

from collections.abc import Mapping
from pathlib import Path, PurePath

import msgspec

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.copilot.events import events, is_own
from contextfs.adapters.transcripts.copilot.mapping import transcript as of_events
from contextfs.adapters.transcripts.copilot_chat import where
from contextfs.adapters.transcripts.copilot_chat.mapping import TOOL, folder, transcript
from contextfs.adapters.transcripts.copilot_chat.reader import played
from contextfs.adapters.transcripts.copilot_chat.where import beside, is_session
from contextfs.adapters.transcripts.decoding import FAULTS
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally

TITLE = "GitHub Copilot Chat"
VERSION = 4
PATTERNS = where.PATTERNS


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read one file's bytes: its session, or nothing for a file in which nothing was said.

    Pure: the same bytes, name and neighbours give equal transcripts. Invalid when it is no such session. A transcript
    by the extension is read from the editor's log of the same session, when that lies beside it.
    """
    if not data.strip():
        return []
    tally, stem, cwd = Tally(), PurePath(name).stem, _cwd(beside)
    log = list(events(data, Tally()))
    if any(map(is_own, log)):
        twin = read(beside[where.TWIN], name=name, beside={**beside, where.TWIN: b""}) if beside.get(where.TWIN) else []
        log = list(events(data, tally))
        one = of_events(log, tool=TOOL, fallback_id=stem, about={"cwd": cwd} if cwd else {}, tally=tally)
        return twin or ([one] if one else [])
    log_of_editor = played(data, tally)
    if log_of_editor.session.keys().isdisjoint({"requests", "sessionId"}):
        why = "it is neither the log of a chat session nor a transcript of one"
        raise refused(data, name=name, wanted="a VS Code chat session", why=why)
    one = transcript(log_of_editor, fallback_id=stem, cwd=cwd, tally=tally)
    return [one] if one else []


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the session files on this machine; `platform` is spelled as `sys.platform`."""
    return [path for path in files.found(where.places(home, env, platform)) if is_session(path)]


def _cwd(beside: Beside) -> str | None:
    try:
        return folder(msgspec.json.decode(beside.get(where.WORKSPACE, b"null")))
    except FAULTS:
        return None


__all__ = ["PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
