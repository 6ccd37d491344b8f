"""What the feed is told when a memory or a session changes, and who may learn of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from contextfs.domain.memories.revisions import Revision
from contextfs.domain.memories.view import View
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import MESSAGES_A_CALL, Session
from contextfs.kit.call import Call

_ITEMS = 1000
T = TypeVar("T")


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
    for some in _batches([one.id for one in items], _ITEMS):
        call.share("memory", after.memory_id, project_id, items=some, reader=reader)
    if before is not None and is_private and not was_private:
        call.share("withdrawn_memory", after.memory_id, project_id)


def tell_session(call: Call, session: Session, messages: Iterable[UUID] = (), *, before: Session | None = None) -> None:
    """Tell of a session and of its new messages, by the same rules."""
    was_private = before is not None and before.visibility == "private"
    is_private = session.visibility == "private"
    ids = list(messages)
    if was_private and not is_private:
        ids = [message.id for message in sessions.all_messages(call.tx, session.id)]
    reader = call.principal.reader_id if is_private else None
    for some in _batches(ids, MESSAGES_A_CALL):
        call.share("session", session.id, session.project_id, items=some, reader=reader)
    if before is not None and is_private and not was_private:
        call.share("withdrawn_session", session.id, session.project_id)


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut into parts; nothing is one empty part."""
    for start in range(0, max(1, len(items)), size):
        yield items[start : start + size]
