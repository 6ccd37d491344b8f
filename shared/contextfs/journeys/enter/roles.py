"""Create, change and delete custom roles; nobody makes one that may more than they."""

from uuid import UUID

from msgspec import UNSET

from contextfs.domain.access.roles import store
from contextfs.domain.access.roles.model import CustomRole, NewRole, RoleChange
from contextfs.domain.access.rules import ROLES
from contextfs.journeys.enter.bounds import require_cover
from contextfs.kit.call import Call
from contextfs.kit.errors import Conflict, Invalid

_MAKES = "nobody makes a role that may more than they"


def create(call: Call, new: NewRole) -> CustomRole:
    """Create a custom role."""
    if new.name in ROLES:
        raise Invalid(f"{new.name} is a role of ours: choose another name.", where="$.name")
    require_cover(call.principal, new.permissions, _MAKES)
    store.require_projects(call.tx, new.projects)
    by = call.principal.actor_id
    role = store.insert(call.tx, call.principal.org_id, call.new_id(), new, by=by, now=call.now)
    call.emit("role.created", role.id, None, permissions=role.permissions)
    return role


def change(call: Call, role_id: UUID, wanted: RoleChange) -> CustomRole:
    """Change a custom role: everybody who has it may more, or less, from their next call on."""
    role = store.get(call.tx, role_id, lock=True)
    call.require_version(role.version)
    require_cover(call.principal, role.permissions, _MAKES)
    if wanted.permissions is not UNSET:
        require_cover(call.principal, wanted.permissions, _MAKES)
    if wanted.projects is not UNSET:
        store.require_projects(call.tx, wanted.projects)
    changed = store.update(call.tx, role, wanted, call.now)
    call.emit("role.changed", role_id, None, permissions_before=role.permissions, permissions=changed.permissions)
    return changed


def delete(call: Call, role_id: UUID) -> None:
    """Delete a custom role that nobody has."""
    role = store.get(call.tx, role_id, lock=True)
    call.require_version(role.version)
    require_cover(call.principal, role.permissions, _MAKES)
    holders = store.holders(call.tx, role.name)
    if holders:
        raise Conflict(f"{holders} members have this role: give them another one first.")
    store.delete(call.tx, role_id)
    call.emit("role.deleted", role_id, None)
