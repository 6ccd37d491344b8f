"""Questions and commands about custom roles, and what any role of an organization allows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.access.roles.model import CustomRole, NewRole, RoleChange
from contextfs.domain.access.rules import ROLES
from contextfs.kit.errors import Invalid, NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.access.roles")
_LIST = "roles"


def insert(tx: Transaction, org_id: UUID, role_id: UUID, new: NewRole, *, by: UUID, now: datetime) -> CustomRole:
    """Create a custom role; Conflict when its name is taken, Invalid when it is one of ours."""
    values = msgspec.structs.asdict(new) | {"org_id": org_id, "id": role_id, "created_by": by, "now": now}
    return _role(tx.one(_SQL["insert"], values))


def get(tx: Transaction, role_id: UUID, *, lock: bool = False) -> CustomRole:
    """Read a custom role, held against other changes if `lock`; NotFound when there is none to see."""
    return _role(tx.one(_SQL["lock" if lock else "get"], {"id": role_id}))


def page(tx: Transaction, *, name: str | None, limit: int, cursor: str | None) -> Page[CustomRole]:
    """Read a page of custom roles, newest first."""
    items = [_role(row) for row in tx.all(_SQL["page"], bounds(cursor, limit, _LIST) | {"name": name})]
    return cut(items, limit, lambda role: Position(role.created_at, role.id), _LIST)


def update(tx: Transaction, role: CustomRole, change: RoleChange, now: datetime) -> CustomRole:
    """Change a custom role, for everybody who has it."""
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
    return _role(tx.one(_SQL["update"], msgspec.structs.asdict(role) | given | {"now": now}))


def holders(tx: Transaction, name: str) -> int:
    """Count the members who have a custom role."""
    return (tx.one(_SQL["holders"], {"name": name}) or {"holders": 0})["holders"]


def delete(tx: Transaction, role_id: UUID) -> None:
    """Delete a custom role that no member has, and the invitations to it."""
    tx.run(_SQL["delete"], {"id": role_id})


def permissions_of(tx: Transaction, role: str) -> tuple[str, ...]:
    """Give what a role allows, ours or a custom one; Invalid when there is none of this name."""
    if role in ROLES:
        return ROLES[role]
    found = tx.one(_SQL["named"], {"name": role})
    if found is None:
        known = ", ".join(ROLES)
        raise Invalid(f"There is no role of that name: take {known}, or a custom role that exists.", where="$.role")
    return tuple(found["permissions"])


def require_projects(tx: Transaction, projects: Sequence[UUID] | None) -> None:
    """Stop with NotFound when one of these projects is none that the caller sees."""
    wanted = set(projects or ())
    if wanted and (tx.one(_SQL["projects_seen"], {"projects": list(wanted)}) or {"seen": 0})["seen"] < len(wanted):
        raise NotFound("There is no such project, or it is not yours to see.")


def _role(row: Row | None) -> CustomRole:
    if row is None:
        raise NotFound("There is no such role, or it is not yours to see.")
    return CustomRole(**row)
