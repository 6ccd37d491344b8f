"""Reads the lines of a Claude Code session (JSONL, appended while the tool runs) as records.

Only the fields named here are decoded. All but `type` are taken as they come, since the format changes from week to
week: what a value means is decided where it is used.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.adapters.transcripts.tally import Tally

MAX_LINE_BYTES = 64 << 20
_BOM = b"\xef\xbb\xbf"


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


def records(data: bytes, tally: Tally) -> Iterator[Record]:
    """Decode line by line; a line that cannot be read is counted and left out.

    `partial_line` is a last line that the tool is still writing, `oversized_line` one above 64 MiB, and
    `broken_line` anything else: cut, not UTF-8, with NULs, nested too deeply, or no JSON object.
    """
    for line, whole in _lines(data):
        if len(line) > MAX_LINE_BYTES:
            tally.add("oversized_line")
            continue
        try:
            yield decode(line, _DECODER)
        except FAULTS:
            tally.add("broken_line" if whole else "partial_line")


def _lines(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """Give each line that is not blank, and whether it was ended: one line at a time, so memory stays flat."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    while start < len(data):
        end = data.find(b"\n", start)
        stop = len(data) if end < 0 else end
        line = data[start:stop]
        if line and not line.isspace():
            yield line, end >= 0
        start = stop + 1
