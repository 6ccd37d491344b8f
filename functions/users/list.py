"""List members and service accounts."""

from contextfs.domain.access.people import store
from contextfs.domain.access.people.model import Email, Role, User
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(
    call: Call,
    *,
    email: Email | None = None,
    role: Role | None = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Page[User]:
    """List members and service accounts, newest first; `email` finds one by their address."""
    return store.page(call.tx, email=email, role=role, limit=limit, cursor=cursor)
