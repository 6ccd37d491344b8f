"""Reads the lines of a Claude Code session (JSONL, appended while the tool runs) as records.

Only the fields named here are decoded. All but `type` are taken as they come, since the format changes from week to
week: what a value means is decided where it is used.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.adapters.transcripts.jsonl import Line, lines
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.view import Data


class Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """One line. `parent_uuid` is null at the start of a tree, and unset where the version writes no tree."""

    type: str | None = None
    subtype: Any = None
    uuid: Any = None
    parent_uuid: Any = msgspec.UNSET
    logical_parent_uuid: Any = None
    session_id: Any = None
    request_session_id: Any = None
    timestamp: Any = None
    cwd: Any = None
    git_branch: Any = None
    version: Any = None
    is_sidechain: Any = None
    is_meta: Any = None
    is_compact_summary: Any = None
    is_visible_in_transcript_only: Any = None
    turn_companion: Any = None
    is_api_error_message: Any = None
    source_tool_assistant_uuid: Any = msgspec.field(default=None, name="sourceToolAssistantUUID")
    source_tool_use_id: Any = msgspec.field(default=None, name="sourceToolUseID")
    origin: Any = None
    prompt_source: Any = None
    request_id: Any = None
    message: Any = None
    attachment: Any = None
    summary: Any = None
    leaf_uuid: Any = None
    custom_title: Any = None
    ai_title: Any = None


_DECODER = msgspec.json.Decoder(Record)


def records(data: Data, tally: Tally) -> Iterator[tuple[Line, Record]]:
    """Decode line by line; a line that cannot be read is counted and left out, as `jsonl.objects` names it."""
    for line in lines(data, tally):
        try:
            yield line, decode(line.data, _DECODER)
        except FAULTS:
            tally.add("broken_line" if line.is_whole else "partial_line")


def again(line: bytes) -> Record:
    """Decode a line that was decoded before."""
    return decode(line, _DECODER)
