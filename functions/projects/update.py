"""Change a project."""

from uuid import UUID

from contextfs.domain.projects.model import Project, ProjectChange
from contextfs.journeys.enter import projects
from contextfs.kit.call import Call


def handle(call: Call, project_id: UUID, body: ProjectChange) -> Project:
    """Change a project; what is left out stays as it is."""
    return projects.change(call, project_id, body)
