"""Reads JSONL as lines and objects, whatever state the file is in; a tool may be writing to it at this moment."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from contextfs.adapters.transcripts.decoding import FAULTS, decode
from contextfs.adapters.transcripts.model import Source
from contextfs.adapters.transcripts.shapes import is_table
from contextfs.adapters.transcripts.tally import Tally
from contextfs.adapters.transcripts.view import Data

MAX_LINE_BYTES = 64 << 20
LEFT_OUT = b'{"type":"left-out-by-contextfs","bytes":%d}\n'
"""What is kept in the place of a longer line, which nobody reads."""
_NOTE = LEFT_OUT[: LEFT_OUT.index(b"%")]
_BOM = b"\xef\xbb\xbf"
_PADDING = b"\0"
"""What a file system leaves before a line that was being appended when the machine stopped."""
_DECODER = msgspec.json.Decoder(Any)


class Line(msgspec.Struct, frozen=True, gc=False):
    """A line that is not blank: its number from 1, the byte at which it begins, and whether it was ended."""

    number: int
    offset: int
    data: bytes
    is_whole: bool

    def source(self) -> Source:
        """Tell where the record is found again, and by what it is recognised."""
        digest = hashlib.sha256(self.data).hexdigest()[: Source.DIGITS]
        return Source(record=self.number, offset=self.offset, size=len(self.data), sha256=digest)


def lines(data: Data, tally: Tally) -> Iterator[Line]:
    """Give each line that is not blank, one at a time, so that memory stays flat.

    Those above 64 MiB are counted as `oversized_line`, and not looked at; so are the notes that are kept of them.
    """
    start = len(_BOM) if data[: len(_BOM)] == _BOM else 0
    number = 0
    while start < len(data):
        number += 1
        end = data.find(b"\n", start)
        stop = len(data) if end < 0 else end
        if stop - start > MAX_LINE_BYTES:
            tally.add("oversized_line")
        else:
            line = data[start:stop]
            begins = start + len(line) - len(line.lstrip(_PADDING)) if line[:1] == _PADDING else start
            if line.startswith(_NOTE):
                tally.add("oversized_line")
            elif line and not line.isspace():
                yield Line(number, begins, line[begins - start :] or line, end >= 0)
        start = stop + 1


def objects(data: Data, tally: Tally) -> Iterator[tuple[Line, dict[str, Any]]]:
    """Decode line by line; a line that cannot be read is counted and left out.

    `partial_line` is a last line that the tool is still writing, `oversized_line` one above 64 MiB, and
    `broken_line` anything else: cut, not UTF-8, with NULs, nested too deeply, or no JSON object.
    """
    for line in lines(data, tally):
        try:
            value = decode(line.data, _DECODER)
        except FAULTS:
            tally.add("broken_line" if line.is_whole else "partial_line")
            continue
        if is_table(value):
            yield line, value
        else:
            tally.add("broken_line")
