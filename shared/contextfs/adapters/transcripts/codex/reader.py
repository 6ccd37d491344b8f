"""Reads a Codex rollout as records: JSONL of `{timestamp, type, payload}`, appended while the tool runs.

Versions before 0.32 wrote the payload alone, the first ones a whole JSON of `{session, items}`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.adapters.transcripts.jsonl import Line, objects
from contextfs.adapters.transcripts.shapes import items, table, text
from contextfs.adapters.transcripts.tally import Tally

ITEMS = frozenset(
    {
        "message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output",
        "local_shell_call", "local_shell_call_output", "web_search_call", "tool_search_call", "tool_search_output",
        "mcp_tool_call", "mcp_tool_call_output", "image_generation_call", "ghost_snapshot", "agent_message",
        "compaction", "compaction_summary", "context_compaction",
    }
)  # fmt: skip
_KINDS = frozenset(
    {
        "session_meta", "response_item", "event_msg", "turn_context", "world_state", "compacted", "token_usage_record",
        "inter_agent_communication_metadata", "inter_agent_communication",
    }
)  # fmt: skip
_DECODER = msgspec.json.Decoder(Any)


class Record(NamedTuple):
    """A record: its kind, what it carries, when it was written, and its line where there is one."""

    kind: str
    payload: dict[str, Any]
    timestamp: Any
    line: Line | None

    @property
    def type(self) -> str:
        """What kind of item or event the payload is."""
        named = text(self.payload.get("type"))
        return named or ("message" if "role" in self.payload else "?")


def records(data: bytes, tally: Tally) -> Iterator[Record]:
    """Decode a rollout; lines that cannot be read, and kinds that Codex does not write, are counted."""
    whole = _whole(data)
    if whole:
        session = table(whole["session"])
        yield Record("session_meta", session, session.get("timestamp"), None)
        for item in items(whole["items"]):
            yield Record("response_item", table(item), session.get("timestamp"), None)
        return
    for line, record in objects(data, tally):
        kind = record.get("type")
        if isinstance(record.get("payload"), dict) and isinstance(kind, str) and kind in _KINDS:
            yield Record(kind, table(record["payload"]), record.get("timestamp"), line)
        elif isinstance(kind, str) and kind in ITEMS:
            yield Record("response_item", record, record.get("timestamp"), line)
        elif kind is None and isinstance(record.get("id"), str) and "instructions" in record:
            yield Record("session_meta", record, record.get("timestamp"), line)
        else:
            tally.add_of("unknown", record.get("record_type", kind))


def _whole(data: bytes) -> dict[str, Any] | None:
    if not data[:64].lstrip().startswith(b"{") or b'"items"' not in data or b'"session"' not in data[:4096]:
        return None
    try:
        value = table(decode(data, _DECODER))
    except FAULTS:
        return None
    return value if isinstance(value.get("session"), dict) and isinstance(value.get("items"), list) else None
