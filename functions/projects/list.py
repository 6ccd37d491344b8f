"""List projects."""

from contextfs.domain.projects import store
from contextfs.domain.projects.model import Project
from contextfs.kit.call import Call
from contextfs.kit.fields import Name
from contextfs.kit.page import Cursor, Limit, Page


def handle(call: Call, name: Name | None = None, limit: Limit = 50, cursor: Cursor | None = None) -> Page[Project]:
    """List the projects that are open to the caller, newest first; `name` finds one by its name."""
    return store.page(call.tx, limit=limit, cursor=cursor, name=name)
