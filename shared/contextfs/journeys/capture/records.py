"""Keep what a tool wrote of a session, line by line, without secrets; read it again."""

from typing import NamedTuple
from uuid import UUID

from contextfs.domain.records import store
from contextfs.domain.records.model import MOST_BYTES, MOST_CHUNKS, Chunk, NewRecordLines, Record, RecordLines
from contextfs.domain.records.rules import digest
from contextfs.domain.sessions import store as sessions
from contextfs.journeys.capture.clean import cleaner_by
from contextfs.journeys.capture.record_lines import FAR, cleaned, text_at_the_end
from contextfs.kit.call import Call
from contextfs.kit.errors import Conflict, Invalid

_CHUNKS_BACK = 50
"""Chunks that are looked back at, at the most: each is read."""


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

    Secrets are taken out by the rules of here, whatever the sender took out. Where the sender says that it leaves
    messages behind, they are read from it again.
    """
    session, choice = sessions.hold(call.tx, session_id)
    hashed, size = digest(new.lines)
    known = store.outline(call.tx, session_id)
    _check(known, new, size)
    cleaning = cleaner_by(call, choice)
    chunk = Chunk(line=new.line, lines=len(new.lines), size=size, hash=hashed.hex())
    ends = _ends(call, known, new)
    before = [line for one in ends for line in one.text]
    told, held = cleaned(new.lines, before, cleaning)
    if told != before:
        _tell_again(call, session_id, ends, told)
    org_id = call.principal.org_id
    store.put(call.tx, org_id, session.project_id, session_id, chunk, held, reader=new.reader, now=call.now)
    call.note(subject=session_id, project_id=session.project_id, lines=len(held), redacted=cleaning.found)
    if new.read_again:
        call.emit("record.due", session_id, session.project_id, read_again=True)
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


class _End(NamedTuple):
    """What stands in a chunk, of which the last lines are text that may go on behind it."""

    chunk: Chunk
    lines: list[str]
    texts: int

    @property
    def text(self) -> list[str]:
        return self.lines[len(self.lines) - self.texts :]


def _ends(call: Call, known: Record, new: NewRecordLines) -> list[_End]:
    """Give the text that stands right before new lines, chunk by chunk; none where they begin with JSON."""
    ends: list[_End] = []
    size = 0
    if text_at_the_end(new.lines[:1]):
        for chunk in reversed([one for one in known.chunks if one.line < new.line][-_CHUNKS_BACK:]):
            lines = store.lines(call.tx, known.session_id, chunk.line).lines
            ends.insert(0, _End(chunk, lines, text_at_the_end(lines)))
            size += chunk.size
            if ends[0].texts < len(lines) or size > FAR:
                break
    return ends


def _tell_again(call: Call, session_id: UUID, ends: list[_End], told: list[str]) -> None:
    """Let chunks say what their text turned out to be."""
    at = 0
    for one in ends:
        text = told[at : at + one.texts]
        at += one.texts
        if text != one.text:
            store.rewrite(call.tx, session_id, one.chunk, [*one.lines[: len(one.lines) - one.texts], *text])
