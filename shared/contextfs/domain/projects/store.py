"""Questions and commands about projects."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.projects.model import NewProject, Project, ProjectChange
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.projects")
_LIST = "projects"


def insert(tx: Transaction, org_id: UUID, project_id: UUID, new: NewProject, *, by: UUID, now: datetime) -> Project:
    """Create a project; Conflict when its name or id is taken."""
    parameters = {
        "org_id": org_id,
        "id": project_id,
        "name": new.name,
        "description": new.description,
        "metadata": msgspec.json.encode(new.metadata).decode(),
        "personal": new.personal,
        "created_by": by,
        "now": now,
    }
    return _project(tx.one(_SQL["insert"], parameters))


def get(tx: Transaction, project_id: UUID, *, lock: bool = False) -> Project:
    """Read a project, held against other changes if `lock`; NotFound when there is none to see."""
    return _project(tx.one(_SQL["lock" if lock else "get"], {"id": project_id}))


def names(tx: Transaction, projects: Iterable[UUID]) -> dict[UUID, str]:
    """Give the names of projects, as far as they can be seen."""
    return {row["id"]: row["name"] for row in tx.all(_SQL["names"], {"ids": list(projects)})}


def page(tx: Transaction, *, limit: int, cursor: str | None, name: str | None) -> Page[Project]:
    """Read a page of projects, newest first."""
    items = [_project(row) for row in tx.all(_SQL["page"], bounds(cursor, limit, _LIST) | {"name": name})]
    return cut(items, limit, lambda project: Position(project.created_at, project.id), _LIST)


def update(tx: Transaction, project: Project, change: ProjectChange, now: datetime) -> Project:
    """Change a project."""
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
    changed = msgspec.structs.replace(project, **given)
    parameters = {
        "id": changed.id,
        "name": changed.name,
        "description": changed.description,
        "metadata": msgspec.json.encode(changed.metadata).decode(),
        "personal": changed.personal,
        "now": now,
    }
    return _project(tx.one(_SQL["update"], parameters))


def delete(tx: Transaction, project_id: UUID) -> None:
    """Delete a project with all that is in it."""
    tx.run(_SQL["delete"], {"id": project_id})


def _project(row: Row | None) -> Project:
    if row is None:
        raise NotFound("There is no such project, or it is not yours to see.")
    return Project(**row)
