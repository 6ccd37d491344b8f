"""List the audit log."""

from uuid import UUID

from contextfs.domain.audit import store
from contextfs.domain.audit.model import Action, AuditEntry
from contextfs.domain.audit.store import AuditFilter
from contextfs.kit.call import Call
from contextfs.kit.fields import Moment
from contextfs.kit.page import Cursor, Limit, Page


def handle(
    call: Call,
    *,
    since: Moment | None = None,
    until: Moment | None = None,
    actor: UUID | None = None,
    user: UUID | None = None,
    action: Action | None = None,
    subject: UUID | None = None,
    project_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Page[AuditEntry]:
    """List who did what, newest first: ids, counts and hashes, never content.

    `actor` is a key or a person, `user` a member by whichever of their keys and logins they acted. With the header
    `Accept: text/csv` it is a page for spreadsheets, whose header `Link` names the next one.
    """
    wanted = AuditFilter(
        since=since, until=until, actor=actor, user=user, action=action, subject=subject, project_id=project_id
    )
    return store.page(call.tx, wanted, limit=limit, cursor=cursor)
