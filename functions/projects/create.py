"""Create a project."""

from contextfs.domain.projects.model import NewProject, Project
from contextfs.journeys.enter import projects
from contextfs.kit.call import Call


def handle(call: Call, body: NewProject) -> Project:
    """Create a project; its name is unique in the organization."""
    return projects.create(call, body)
