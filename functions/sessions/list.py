"""List sessions."""

from uuid import UUID

from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import Line, Session, Status
from contextfs.domain.sessions.store import SessionFilter
from contextfs.kit.call import Call
from contextfs.kit.fields import Moment, Word
from contextfs.kit.page import Cursor, Limit, Page


def handle(
    call: Call,
    *,
    project_id: UUID | None = None,
    tool: Word | None = None,
    status: Status | None = None,
    branch: Line | None = None,
    tag: Word | None = None,
    since: Moment | None = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Page[Session]:
    """List sessions, newest first."""
    wanted = SessionFilter(project_id=project_id, tool=tool, status=status, branch=branch, tag=tag, since=since)
    return store.page(call.tx, wanted, limit=limit, cursor=cursor)
