"""Records: what a tool wrote of a session is brought to a server, as far as that lacks it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

import msgspec

from contextfs.client.resources.sessions import Sessions
from contextfs.domain.records.model import LINES_A_CALL, MOST_BYTES, Record
from contextfs.domain.records.rules import digest
from contextfs.kit.errors import Conflict, Invalid, NotFound, TooLarge

_BYTES_A_CALL: Final = 2_000_000
_SMALL: Final = 200_000
"""A last chunk below so many bytes is sent again with what follows it, so that a growing file has few of them."""


def bring(data: bytes, server: Sessions, session_id: UUID, *, reader: str) -> bool:
    """Send the lines of a text from where the server has other ones, or none; True when there were any.

    Of what grew, the end is sent alone. False, too, where the server keeps no records, would not take this one, or has
    it from elsewhere at the same time; and where it is no text, or larger than a server keeps. `read_again` is told
    with the last of them: the record leaves behind what the session had.
    """
    lines = _lines(data)
    if not lines:
        return False
    try:
        return _brought(lines, server, session_id, reader)
    except (Conflict, Invalid, NotFound, TooLarge):
        return False


def read_again(server: Sessions, session_id: UUID, *, reader: str) -> bool:
    """Have a server read the record that it has: what that leaves behind is other than what the server knows of.

    It is told by itself, behind the lines: a server that does not know of this yet has them all the same. False where
    that is so, or where it has no record: then it has to be told another time.
    """
    with suppress(Conflict, Invalid, NotFound):
        known = server.record(session_id)
        if known.lines:
            server.put_record(session_id, [], reader=reader, line=known.lines, read_again=True)
            return True
    return False


def _lines(data: bytes) -> list[str]:
    if not data or len(data) > MOST_BYTES:
        return []
    try:
        return data.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        return []


def _brought(lines: Sequence[str], server: Sessions, session_id: UUID, reader: str) -> bool:
    known = server.record(session_id)
    at = _same(lines, known)
    if at == known.lines == len(lines):
        return False
    for some in _batches(lines[at:]):
        known = server.put_record(session_id, some, reader=reader, line=at)
        at += len(some)
    if known.lines > at:
        server.put_record(session_id, [], reader=reader, line=at)
    return True


def _same(lines: Sequence[str], known: Record) -> int:
    """Give the first line that the server lacks, or is to get again: where a chunk of its record begins, or its end."""
    for one in known.chunks:
        hashed, size = digest(lines[one.line : one.line + one.lines])
        is_last_and_small = one is known.chunks[-1] and size < _SMALL and known.lines < len(lines)
        if (hashed.hex(), size) != (one.hash, one.size) or is_last_and_small:
            return one.line
    return known.lines


def _batches(lines: Sequence[str]) -> Iterator[list[str]]:
    """Part lines into calls; one that is longer than a call is sent by itself, and refused if need be."""
    batch: list[str] = []
    size = 0
    for one in lines:
        length = len(msgspec.json.encode(one)) + 1
        if batch and (len(batch) == LINES_A_CALL or size + length > _BYTES_A_CALL):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield batch
