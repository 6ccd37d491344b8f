"""ChatGPT: the export that a person asks for in the settings and downloads, as a zip or its `conversations.json`."""

from collections.abc import Mapping
from pathlib import Path, PurePath

from contextfs.adapters.transcripts import archive, files
from contextfs.adapters.transcripts.chatgpt import where
from contextfs.adapters.transcripts.chatgpt.mapping import transcript
from contextfs.adapters.transcripts.chatgpt.reader import conversations
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.files import every as is_session
from contextfs.adapters.transcripts.files import nothing as beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.tally import Tally

TITLE = "ChatGPT"
VERSION = 3
PATTERNS = where.PATTERNS
_ANOTHER = b'"chat_messages"'


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read an export's bytes: one transcript for each conversation, in the export's order.

    Pure: the same bytes and name give equal transcripts. What a conversation without any visible message leaves out is
    counted with the next one. Invalid when it is no such export; TooLarge when the zip unpacks to too much.
    """
    del beside
    tally = Tally()
    transcripts: list[Transcript] = []
    for n, conversation in enumerate(conversations(data, name=name, tally=tally)):
        one = transcript(conversation, fallback_id=f"{PurePath(name).stem}:{n}", tally=tally)
        if one:
            transcripts.append(one)
            tally = Tally()
    return transcripts


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the exports among this machine's downloads; `platform` is spelled as `sys.platform`."""
    paths = files.found(where.places(home, env, platform))
    return [path for path in paths if _holds_conversations(path) and not archive.begins_with(path, _ANOTHER)]


def _holds_conversations(path: Path) -> bool:
    return path.suffix != ".zip" or any(archive.is_conversations(member) for member in files.names_in_zip(path))


__all__ = ["PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
