"""claude.ai: the export that a person asks for in the settings and downloads, as a zip or its `conversations.json`."""

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from contextfs.adapters.transcripts import archive, files
from contextfs.adapters.transcripts.claude_ai import where
from contextfs.adapters.transcripts.claude_ai.mapping import transcript
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.files import every as is_session
from contextfs.adapters.transcripts.files import nothing as beside
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.shapes import document, items, table
from contextfs.adapters.transcripts.sniff import refused
from contextfs.adapters.transcripts.tally import Tally

TITLE = "claude.ai"
VERSION = 3
PATTERNS = where.PATTERNS
_WANTED = "a claude.ai export"
_MARK = b'"chat_messages"'


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read an export's bytes: one transcript for each conversation, in the export's order.

    Pure: the same bytes and name give equal transcripts. What a conversation without any message leaves out is counted
    with the next one. Invalid when it is no such export; TooLarge when the zip unpacks to too much.
    """
    del beside
    is_zip = data[: len(archive.MAGIC)] == archive.MAGIC
    parts = archive.unpack(data, name=name, wanted=_WANTED) if is_zip else [data]
    tally = Tally()
    transcripts: list[Transcript] = []
    for n, conversation in enumerate(one for part in parts for one in _conversations(part, name, tally)):
        one = transcript(conversation, fallback_id=f"{PurePath(name).stem}:{n}", tally=tally)
        if one:
            transcripts.append(one)
            tally = Tally()
    return transcripts


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the exports among this machine's downloads; `platform` is spelled as `sys.platform`."""
    return [path for path in files.found(where.places(home, env, platform)) if archive.begins_with(path, _MARK)]


def _conversations(data: bytes, name: str, tally: Tally) -> list[dict[str, Any]]:
    if not data.strip():
        return []
    export = document(data)
    whole = table(export)
    listed = items(whole.get("conversations")) or ([whole] if whole else items(export))
    good = [table(one) for one in listed if isinstance(table(one).get("chat_messages"), list)]
    if export is None or (listed and not good):
        why = "its JSON cannot be read" if export is None else "it holds no conversation with `chat_messages`"
        raise refused(data, name=name, wanted=_WANTED, why=why)
    tally.add("broken_conversation", len(listed) - len(good))
    return good


__all__ = ["PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read"]
