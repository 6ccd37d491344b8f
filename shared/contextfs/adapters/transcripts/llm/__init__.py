"""`llm`: the log of the command, in one database."""

from collections.abc import Mapping
from pathlib import Path

from contextfs.adapters.transcripts import files, sqlite
from contextfs.adapters.transcripts.files import ALONE, Beside
from contextfs.adapters.transcripts.files import every as is_session
from contextfs.adapters.transcripts.files import nothing as beside
from contextfs.adapters.transcripts.llm import conversations, threads, where
from contextfs.adapters.transcripts.model import Transcript
from contextfs.adapters.transcripts.sniff import refused
from contextfs.kit.errors import Invalid

TITLE = "llm"
VERSION = 2
PATTERNS = where.PATTERNS
KEPT = sqlite.Kept(
    {
        "threads": threads.SQL["kept_threads"],
        "messages": threads.SQL["kept_messages"],
        "parts": threads.SQL["kept_parts"],
        "turns": threads.SQL["kept_turns"],
        "conversations": threads.SQL["kept_conversations"],
        "responses": threads.SQL["kept_responses"],
        "tool_calls": threads.SQL["kept_tool_calls"],
        "tool_results": threads.SQL["kept_tool_results"],
    },
)


def read(data: bytes, *, name: str, beside: Beside = ALONE) -> list[Transcript]:
    """Read a database's bytes: every thread, and every conversation of older versions.

    Pure: the same bytes and name give equal transcripts. Invalid when it is not a database of `llm`'s.
    """
    del beside
    if not data.strip():
        return []
    if data[: len(sqlite.MAGIC)] != sqlite.MAGIC:
        raise refused(data, name=name, wanted="a database of `llm`", why="it is no SQLite database")
    with sqlite.unpacked(data, name) as base:
        return read_base(base, name=name)


def read_base(base: sqlite.Base, *, name: str) -> list[Transcript]:
    """Read every thread and conversation of a database; Invalid when it is not `llm`'s."""
    has_threads = bool({"tip_message_hash"} <= base.columns("threads") and base.columns("turns"))
    has_responses = bool({"prompt", "response", "conversation_id"} <= base.columns("responses"))
    if not has_threads and not has_responses:
        raise Invalid(f"{name} is not a database of `llm`: it has no log. Choose the tool that wrote it.")
    new = list(threads.transcripts(base)) if has_threads else []
    known = {one.external_id for one in new}
    return [*new, *(conversations.transcripts(base, known) if has_responses else [])]


def find(home: Path, env: Mapping[str, str], platform: str) -> list[Path]:
    """Give the databases on this machine; `platform` is spelled as `sys.platform`."""
    return files.found(where.places(home, env, platform))


__all__ = ["KEPT", "PATTERNS", "TITLE", "VERSION", "beside", "find", "is_session", "read", "read_base"]
