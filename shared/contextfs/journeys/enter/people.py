"""Add, change and remove members and service accounts; nobody touches who may more than they."""

from typing import Any
from uuid import UUID

from msgspec import UNSET

from contextfs.domain.access.invitations import store as invitations
from contextfs.domain.access.people import store
from contextfs.domain.access.people.model import NewUser, User, UserChange
from contextfs.domain.access.roles.store import permissions_of, require_projects
from contextfs.journeys.enter.bounds import require_cover
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid

_GIVES = "nobody gives a role that may more than they"
_TOUCHES = "the other one has it, and nobody changes who may more than they"


def add(call: Call, new: NewUser) -> User:
    """Add a member, who comes in by single sign-on; or a service account, which comes in by its keys."""
    if (new.kind == "person") != (new.email is not None):
        detail = "A person has an email" if new.kind == "person" else "A service account has a name, and no email"
        raise Invalid(f"{detail}: correct it.", where="$.email")
    if new.kind == "service" and new.name is None:
        raise Invalid("A service account has a name: say what it is for.", where="$.name")
    check_role(call, new.role, new.projects, is_person=new.kind == "person")
    user = store.insert(call.tx, call.principal.org_id, call.new_id(), new, call.now)
    call.emit("user.added", user.id, None, role=user.role, kind=user.kind)
    return user


def change(call: Call, user_id: UUID, wanted: UserChange) -> User:
    """Change a member; a lesser role and a suspension take hold of all their keys at once."""
    user = store.get(call.tx, user_id, lock=True)
    call.require_version(user.version)
    require_cover(call.principal, permissions_of(call.tx, user.role), _TOUCHES)
    role = user.role if wanted.role is UNSET else wanted.role
    projects = user.projects if wanted.projects is UNSET else wanted.projects
    if role != user.role or projects != user.projects:
        check_role(call, role, projects, is_person=user.kind == "person")
    changed = store.update(call.tx, user, wanted, call.now)
    if (role, projects) != (user.role, user.projects) or changed.suspended_at is not None:
        invitations.revoke_by(call.tx, user_id, call.now)
    call.emit("user.changed", user_id, None, **_difference(user, changed))
    return changed


def remove(call: Call, user_id: UUID) -> None:
    """Remove a member: their keys end with this call, what they wrote stays."""
    user = store.get(call.tx, user_id, lock=True)
    call.require_version(user.version)
    require_cover(call.principal, permissions_of(call.tx, user.role), _TOUCHES)
    store.remove(call.tx, user_id)
    call.emit("user.removed", user_id, None, role=user.role, kind=user.kind)


def check_role(call: Call, role: str, projects: list[UUID] | None, *, is_person: bool = True) -> None:
    """Stop unless the caller may give this role with this reach."""
    require_cover(call.principal, permissions_of(call.tx, role), _GIVES)
    if role == "owner" and not is_person:
        raise Invalid("An owner is a person: give the service account another role.", where="$.role")
    if role == "owner" and projects is not None:
        raise Invalid(
            "An owner reaches every project: open all of them (projects: null), or give another role.",
            where="$.projects",
        )
    require_projects(call.tx, projects)


def _difference(before: User, after: User) -> dict[str, Any]:
    """Tell what changed without telling names: the role, how many projects, whether they may come in."""
    told: dict[str, str | int | bool | None] = {}
    if before.role != after.role:
        told |= {"role_before": before.role, "role": after.role}
    if before.projects != after.projects:
        told["projects"] = None if after.projects is None else len(after.projects)
    if (before.suspended_at is None) != (after.suspended_at is None):
        told["suspended"] = after.suspended_at is not None
    return told | ({"name": True} if before.name != after.name else {})
