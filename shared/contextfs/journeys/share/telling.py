"""What the feed is told when a memory or a session changes, and who may learn of it."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import msgspec

from contextfs.domain.memories.revisions import Revision
from contextfs.domain.memories.view import View
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Message, Session
from contextfs.kit.call import Call

_MOST_ITEMS = 1000
_MOST_CHARACTERS = 1_000_000


def tell_memory(
    call: Call,
    project_id: UUID,
    author_id: UUID,
    *,
    before: View | None,
    after: View,
    fresh: Iterable[Revision],
    known: Sequence[Revision],
) -> None:
    """Tell of new revisions of a memory.

    One that becomes private is withdrawn from the others; one that is shared from then on comes to them whole.
    """
    was_private = before is not None and before.fields.visibility == "private"
    is_private = after.fields.visibility == "private"
    items = known if was_private and not is_private else fresh
    reader = author_id if is_private else None
    for some, size in _parts((one.id, _size(one.fields)) for one in items):
        call.share("memory", after.memory_id, project_id, items=some, size=size, reader=reader)
    if before is not None and is_private and not was_private:
        call.share("withdrawn_memory", after.memory_id, project_id)


def tell_session(
    call: Call, session: Session, messages: Iterable[Message] = (), *, before: Session | None = None
) -> None:
    """Tell of a session and of its new messages, by the same rules."""
    was_private = before is not None and before.visibility == "private"
    is_private = session.visibility == "private"
    if was_private and not is_private:
        messages = sessions.all_messages(call.tx, session.id)
    reader = _alone(call, session)
    for some, size in _parts((str(one.id), _size(one)) for one in messages):
        call.share("session", session.id, session.project_id, items=some, size=size, reader=reader)
    if before is not None and is_private and not was_private:
        call.share("withdrawn_session", session.id, session.project_id)


def tell_session_gone(call: Call, session: Session) -> None:
    """Tell that a session was deleted, to those who knew that it was there."""
    call.share("withdrawn_session", session.id, session.project_id, reader=_alone(call, session))


def _alone(call: Call, session: Session) -> UUID | None:
    """Give the only reader of a session, if it is private: the caller, for others do not get to change it."""
    return call.principal.reader_id if session.visibility == "private" else None


def _size(thing: object) -> int:
    return len(msgspec.json.encode(thing))


def _parts(sized: Iterable[tuple[str, int]]) -> Iterator[tuple[list[str], int]]:
    """Cut items with their sizes into parts that are read at once; nothing is one empty part."""
    part: list[str] = []
    held = 0
    for item, size in sized:
        if part and (len(part) == _MOST_ITEMS or held + size > _MOST_CHARACTERS):
            yield part, held
            part, held = [], 0
        part.append(item)
        held += size
    yield part, held
