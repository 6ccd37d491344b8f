"""Reads the events of Copilot's agent (JSONL of `{type, data, id, timestamp, parentId}`): its CLI and VS Code's chat.

A session's log is a line: what was rewound is cut out by the tool itself.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from contextfs.adapters.transcripts.jsonl import Line, objects
from contextfs.adapters.transcripts.shapes import table, text
from contextfs.adapters.transcripts.tally import Tally


class Event(NamedTuple):
    """One event and its line."""

    type: str
    data: dict[str, Any]
    id: str
    timestamp: Any
    line: Line
    is_of_subagent: bool


def events(log: bytes, tally: Tally) -> Iterator[Event]:
    """Decode the events; a line that is none is counted."""
    for line, record in objects(log, tally):
        kind = record.get("type")
        if isinstance(kind, str) and isinstance(record.get("data"), dict):
            data, name = table(record["data"]), text(record.get("id")) or ""
            is_of_subagent = bool(text(record.get("agentId")) or text(data.get("parentToolCallId")))
            yield Event(kind, data, name, record.get("timestamp"), line, is_of_subagent)
        else:
            tally.add_of("unknown", kind)


def is_own(event: Event) -> bool:
    """Tell whether Copilot wrote this event: its kinds have two words."""
    return "." in event.type or event.type == "abort"
