"""List custom roles."""

from contextfs.domain.access.roles import store
from contextfs.domain.access.roles.model import CustomRole, RoleName
from contextfs.kit.call import Call
from contextfs.kit.page import Cursor, Limit, Page


def handle(
    call: Call, name: RoleName | None = None, limit: Limit = 50, cursor: Cursor | None = None
) -> Page[CustomRole]:
    """List the organization's own roles, newest first; `name` finds one by its name."""
    return store.page(call.tx, name=name, limit=limit, cursor=cursor)
