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
    r"""Lines that were sent together: the first one, how many, and the SHA-256 (hex) of what was sent.

    What was sent is the lines, each with its end (`\n`), in UTF-8; `size` is its length in bytes.
    """

    line: int
    lines: int
    size: int
    hash: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool wrote of a session, in chunks. Without chunks, none is kept.

    `reader` names the reader of the session's messages: the sender's, until the server reads them with a newer one.
    `problem` says why that one could not read the record; messages then stay as they were.
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
    """New lines of a record, from its end or from where a chunk begins. Earlier lines from there on are replaced.

    `read_again`: the record now leaves behind other messages of the session, so these are updated. It is not sent if
    false, because older servers do not know it.
    """

    reader: Reader
    line: LineNumber
    lines: Annotated[list[Annotated[str, Meta(max_length=8_000_000)]], Meta(max_length=LINES_A_CALL)]
    read_again: bool = False
