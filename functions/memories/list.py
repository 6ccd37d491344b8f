"""List memories."""

from uuid import UUID

from contextfs.domain.memories.model import Memory, MemoryType
from contextfs.domain.memories.store import MemoryFilter
from contextfs.journeys.remember import memories
from contextfs.kit.call import Call
from contextfs.kit.fields import AsOf, Deleted, Moment, Tags
from contextfs.kit.overtaken import Superseded
from contextfs.kit.page import Cursor, Limit, Page


def handle(
    call: Call,
    *,
    project_id: UUID | None = None,
    type: MemoryType | None = None,  # noqa: A002 - the parameter's name in the API
    tag: Tags | None = None,
    author: UUID | None = None,
    session_id: UUID | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    conflicted: bool | None = None,
    superseded: Superseded = False,
    deleted: Deleted = False,
    as_of: AsOf | None = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Page[Memory]:
    """List memories, newest first, as they are or were known at a time; with several `tag`, those that have all."""
    wanted = MemoryFilter(
        project_id=project_id,
        type=type,
        tags=tag,
        author=author,
        session_id=session_id,
        since=since,
        until=until,
        conflicted=conflicted,
        superseded=superseded,
        deleted=deleted,
    )
    return memories.listed(call, wanted, as_of, limit=limit, cursor=cursor)
