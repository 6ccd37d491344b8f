"""Read one project."""

from uuid import UUID

from contextfs.domain.projects import store
from contextfs.domain.projects.model import Project
from contextfs.kit.call import Call


def handle(call: Call, project_id: UUID) -> Project:
    """Read one project."""
    return store.get(call.tx, project_id)
