"""Create, change and delete projects."""

from uuid import UUID

from contextfs.domain.projects import store
from contextfs.domain.projects.model import NewProject, Project, ProjectChange
from contextfs.kit.call import Call
from contextfs.kit.errors import NotAllowed


def create(call: Call, new: NewProject) -> Project:
    """Create a project."""
    principal = call.principal
    if principal.project_ids is not None:
        raise NotAllowed("Who reaches some projects only cannot create another: use a key of the organization.")
    project = store.insert(call.tx, principal.org_id, new.id or call.new_id(), new, by=principal.actor_id, now=call.now)
    call.emit("project.created", project.id, project.id)
    return project


def change(call: Call, project_id: UUID, wanted: ProjectChange) -> Project:
    """Change a project."""
    project = store.get(call.tx, project_id, lock=True)
    call.require_version(project.version)
    changed = store.update(call.tx, project, wanted, call.now)
    call.emit("project.updated", project_id, project_id)
    return changed


def delete(call: Call, project_id: UUID) -> None:
    """Delete a project with all that is in it."""
    project = store.get(call.tx, project_id, lock=True)
    call.require_version(project.version)
    store.delete(call.tx, project_id)
    call.emit("project.deleted", project_id, project_id)
