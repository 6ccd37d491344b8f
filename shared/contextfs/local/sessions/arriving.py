"""Sessions from elsewhere come in: from a server, or from an export. What is known is not stored again.

A message that a server reads in a better way than when it was sent says here what it says there.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import msgspec

from contextfs.domain.sessions.model import Message, Session
from contextfs.domain.sessions.rules import is_told_otherwise
from contextfs.local.base.connection import Base
from contextfs.local.sessions.removed.known import is_removed
from contextfs.local.sessions.rows import SQL, row_of, row_of_message
from contextfs.local.sessions.versions import revising


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions were new or grew, and how many messages were new."""

    sessions: int = 0
    messages: int = 0


def take_in(base: Base, sessions: Iterable[Session], messages: Iterable[Message]) -> Arrived:
    """Take in what a server tells: all of it or nothing. Each message is of one of the sessions."""
    said: dict[UUID, list[Message]] = defaultdict(list)
    for one in messages:
        said[one.session_id].append(one)
    touched = added = 0
    with base.transaction():
        for session in sessions:
            new, count = _take(base, session, said[session.id])
            touched += new or count > 0
            added += count
    return Arrived(sessions=touched, messages=added)


def withdraw(base: Base, session_id: UUID) -> bool:
    """Take out a session that is not ours to see any more; False where it stays, for ourselves.

    That is one that was captured here, or that we added to what the server was not sent yet.
    """
    with base.transaction():
        row = base.one(SQL["session"], {"id": str(session_id)})
        if row is None:
            return True
        if row["own"] and (row["user_id"] is None or base.all(SQL["unsent"], {"session_id": row["id"]})):
            base.run(SQL["part"], {"id": row["id"]})
            base.run(SQL["part_messages"], {"id": row["id"]})
            return False
        forget(base, session_id)
    return True


def forget(base: Base, session_id: UUID) -> None:
    """Take a session and its messages out of this store; search is told."""
    for query in ("forget_versions", "forget", "forget_messages", "touch"):
        base.run(SQL[query], {"id": str(session_id)})


def _take(base: Base, session: Session, messages: list[Message]) -> tuple[bool, int]:
    """Take in one session, unless it was removed here; gives whether it is new, and how many messages are."""
    if is_removed(base, session.id, session.tool, session.external_id):
        return False, 0
    chosen = "private" if session.visibility == "private" else "project"
    told = row_of(session) | {"chosen": chosen, "own": False, "told": f"{chosen} 0"}
    is_new = base.run(SQL["add"], told) > 0
    row = _known(base, session)
    if row is None or is_told_otherwise(session.tool, msgspec.json.decode(row["metadata"]), session.metadata):
        return False, 0
    if not is_new and not row["own"]:
        base.run(SQL["follow"], told | {"id": row["id"]})
    here = UUID(row["id"])
    mine = [msgspec.structs.replace(one, session_id=here) for one in messages]
    added = sum(base.run(SQL["add_message"], row_of_message(one, sent=True)) for one in mine)
    base.run(SQL["arrived"], {"id": row["id"], "added": added})
    is_old = not is_new and not row["own"] and added < len(mine)
    revised = revising.follow(base, here, mine, session.updated_at) if is_old else 0
    if is_new or added or revised:
        base.run(SQL["touch"], {"id": row["id"]})
    return is_new, added


def _known(base: Base, session: Session) -> dict[str, str] | None:
    """Find the row of a session: by its tool's id for it, as it may have been captured here as well, or by its own."""
    if session.external_id is not None:
        place = {"tool": session.tool, "external_id": session.external_id}
        if (row := base.one(SQL["external"], place)) is not None:
            return row
    return base.one(SQL["session"], {"id": str(session.id)})
