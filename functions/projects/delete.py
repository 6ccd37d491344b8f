"""Delete a project."""

from uuid import UUID

from contextfs.journeys.enter import projects
from contextfs.kit.call import Call


def handle(call: Call, project_id: UUID) -> None:
    """Delete a project with every session and memory in it."""
    projects.delete(call, project_id)
