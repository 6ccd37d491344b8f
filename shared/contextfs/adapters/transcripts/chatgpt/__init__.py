"""ChatGPT: the export that a person asks for in the settings and downloads, as a zip or its `conversations.json`."""

from collections.abc import Mapping
from pathlib import Path, PurePath

from contextfs.adapters.transcripts import files
from contextfs.adapters.transcripts.chatgpt import archive, where
from contextfs.adapters.transcripts.chatgpt.mapping import transcript
from contextfs.adapters.transcripts.chatgpt.reader import conversations
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.tally import Tally

PATTERNS = where.PATTERNS


def read(data: bytes, *, name: str) -> list[Transcript]:
    """Read an export's bytes: one transcript for each conversation, in the export's order.

    Pure: the same bytes and name give equal transcripts. What a conversation without any visible message leaves out is
    counted with the next one. Invalid when it is no such export; TooLarge when the zip unpacks to too much.
    """
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
    return [path for path in paths if path.suffix != ".zip" or _holds_conversations(path)]


def _holds_conversations(path: Path) -> bool:
    return any(archive.is_conversations(member) for member in files.names_in_zip(path))


__all__ = ["PATTERNS", "find", "read"]
