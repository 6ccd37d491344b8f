"""Keep what a tool wrote of a session, line by line, without secrets; read it again."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.records import store
from contextfs.domain.records.model import MOST_BYTES, MOST_CHUNKS, Chunk, NewRecordLines, Record, RecordLines
from contextfs.domain.records.rules import digest
from contextfs.domain.sessions import store as sessions
from contextfs.journeys.capture.clean import Cleaner, cleaner_by
from contextfs.kit.call import Call
from contextfs.kit.errors import Conflict, Invalid


def outline(call: Call, session_id: UUID) -> Record:
    """Tell what is kept of a session; NotFound when there is none to see."""
    sessions.get(call.tx, session_id)
    return store.outline(call.tx, session_id)


def lines(call: Call, session_id: UUID, line: int) -> RecordLines:
    """Give some lines of the record, from one on."""
    sessions.get(call.tx, session_id)
    return store.lines(call.tx, session_id, line)


def put(call: Call, session_id: UUID, new: NewRecordLines) -> Record:
    """Keep what the record says from a line on; Conflict where no chunk begins there, Invalid when it grows too large.

    Secrets are taken out by the rules of here, whatever the sender took out.
    """
    session, choice = sessions.hold(call.tx, session_id)
    hashed, size = digest(new.lines)
    _check(store.outline(call.tx, session_id), new, size)
    cleaning = cleaner_by(call, choice)
    chunk = Chunk(line=new.line, lines=len(new.lines), size=size, hash=hashed.hex())
    held = _cleaned(new.lines, cleaning)
    org_id = call.principal.org_id
    store.put(call.tx, org_id, session.project_id, session_id, chunk, held, reader=new.reader, now=call.now)
    call.note(subject=session_id, project_id=session.project_id, lines=len(held), redacted=cleaning.found)
    return store.outline(call.tx, session_id)


def _check(known: Record, new: NewRecordLines, size: int) -> None:
    begins = [one.line for one in known.chunks]
    if new.line not in {*begins, known.lines}:
        told = f"its chunks begin at {', '.join(map(str, begins[-3:]))}" if begins else "it has no lines yet"
        raise Conflict(f"The record cannot go on at line {new.line}: it ends at {known.lines}, {told}.")
    before = [one for one in known.chunks if one.line < new.line]
    if new.lines and len(before) >= MOST_CHUNKS:
        told = f"The record has {len(begins)} chunks: send it anew from an earlier one, with more lines in each."
        raise Invalid(told, where="$.line")
    if sum(one.size for one in before) + size > MOST_BYTES:
        raise Invalid(f"The record would be larger than {MOST_BYTES >> 20} MB: leave it where it is.", where="$.lines")


def _cleaned(lines: Sequence[str], cleaning: Cleaner) -> list[str]:
    """Give as many lines without secrets: JSON each by itself, what stands between as one text: a secret may span it.

    A line where there is none stays as it is.
    """
    held: list[str] = []
    for is_json, run in groupby(((one, _said(one)) for one in lines), lambda one: isinstance(one[1], dict | list)):
        if is_json:
            held += [_cleaned_json(line, said, cleaning) for line, said in run]
        else:
            held += _cleaned_text([line for line, _ in run], cleaning)
    return held


def _cleaned_json(line: str, said: Any, cleaning: Cleaner) -> str:
    before = cleaning.found
    cleaned = cleaning.json(said)
    return line if cleaning.found == before else msgspec.json.encode(cleaned).decode()


def _cleaned_text(lines: Sequence[str], cleaning: Cleaner) -> list[str]:
    """Give lines of one text; what a mark took the place of leaves empty lines at its end."""
    if any("\n" in line for line in lines):  # which is no line, and would become two
        return [cleaning.text(line) for line in lines]
    cleaned = cleaning.text("\n".join(lines)).split("\n")
    return [*cleaned, *[""] * (len(lines) - len(cleaned))]


def _said(line: str) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
