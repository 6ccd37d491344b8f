"""The nouns of records."""

from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit import forms
from contextfs.kit.fields import Moment

LINES_A_CALL = 20_000
MOST_BYTES = 64 << 20
"""Bytes of one record, as its tool wrote it."""
MOST_CHUNKS = 5_000
"""Chunks of one record: each call reads of all of them."""

LineNumber = Annotated[int, Meta(ge=0, le=2_000_000_000, description="Counted from 0.")]
Reader = Annotated[str, Meta(max_length=64, pattern=forms.READER)]


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    r"""Some lines that were sent together: the first one, how many, and the SHA-256 (hex) of what was sent.

    What was sent is the lines, each with its end (`\n`), in UTF-8; `size` are its bytes.
    """

    line: int
    lines: int
    size: int
    hash: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool wrote of a session, in chunks. Without chunks, none is kept.

    `reader` is what the messages of the session are read by: the sender's, until the server reads it by a newer one.
    `problem` tells why that could not read it; messages are then as they were.
    """

    session_id: UUID
    reader: str | None
    lines: int
    size: int
    chunks: list[Chunk]
    stored_at: Moment | None = None
    problem: str | None = None


class Outdated(NamedTuple):
    """A record of any organization that an old reader read, and when the last chunk came that it did."""

    org_id: UUID
    project_id: UUID
    session_id: UUID
    created_by: UUID
    reader: str
    stored_at: datetime


class RecordLines(msgspec.Struct, frozen=True, kw_only=True):
    """Some lines of a record, without their ends; `next_line` is null at its end."""

    line: int
    lines: list[str]
    next_line: int | None


class NewRecordLines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a record says from a line on: the end of it, or where a chunk begins. What it said there before is gone.

    `read_again`: what the record leaves behind of what was sent of the session changed. Its messages are brought to
    that. It is not sent where it is false, for older servers do not know it.
    """

    reader: Reader
    line: LineNumber
    lines: Annotated[list[Annotated[str, Meta(max_length=8_000_000)]], Meta(max_length=LINES_A_CALL)]
    read_again: bool = False
