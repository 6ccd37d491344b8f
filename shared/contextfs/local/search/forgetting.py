"""Forget a session at once: what a person removed is not to stand in the index until the next search."""

from uuid import UUID

from contextfs.local.base.connection import Base
from contextfs.local.search.queries import SQL


def forget_session(base: Base, session_id: UUID) -> None:
    """Take the passages of a session out of the index, if there is one, and its words out of what FTS5 merges later."""
    if base.one(SQL["has_words"]) is None:
        return
    session = {"session_id": str(session_id)}
    with base.transaction():
        base.run(SQL["clear_session"], session)
        base.run(SQL["forget_label"], session)
        base.run(SQL["merge_words"])
