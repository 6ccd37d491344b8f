"""Who calls: the credential that a request carries, and the principal that the database knows by it."""

from typing import Any
from uuid import UUID

from contextfs.domain.access import keys
from contextfs.domain.access.rules import ROLES, may, meet
from contextfs.kit.errors import NotAllowed, NotAuthenticated
from contextfs.kit.ports import Row
from contextfs.kit.principal import Principal
from contextfs.runtime.http import HttpRequest
from contextfs.runtime.table import INVITED, Route

_UNKNOWN = {
    "key": "This API key does not exist, or was revoked, or has expired.",
    "invitation": "This invitation does not exist, or was used, or was revoked, or has expired: ask for a new one.",
}


def credential_of(request: HttpRequest, pepper: bytes) -> keys.Credential:
    """Read the caller's key or invitation from `Authorization: Bearer …`; NotAuthenticated without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("Send an API key: Authorization: Bearer ctxk_…", where="header.Authorization")
    return keys.parse(token.strip(), pepper)


def principal_of(credential: keys.Credential, found: Row | None) -> Principal:
    """Make the caller of what the database let in; NotAuthenticated when it let nobody in.

    A key opens what it may, and of that what its member may at this moment.
    """
    if found is None or found.get("admitted") is False:
        raise NotAuthenticated(_UNKNOWN[credential.kind])
    named: dict[str, Any] = {"org_id": credential.org_id, "actor_id": credential.id}
    if credential.kind == "invitation":
        return Principal(**named, actor=f"invitation:{credential.id}", role=INVITED)
    projects: list[UUID] | None = found["projects"]
    role: str | None = found["role"]
    own = tuple(found["permissions"])
    held = None if role is None else ROLES.get(role) or tuple(found["role_permissions"] or ())
    return Principal(
        **named,
        actor=f"key:{credential.id}",
        user_id=found["user_id"],
        role=role or "key",
        permissions=own if held is None else meet(own, held),
        project_ids=None if projects is None else tuple(projects),
    )


def authorize(principal: Principal, route: Route) -> None:
    """Let pass who has the permission and the reach that a route needs; an invitation opens its own door alone."""
    if (principal.role == INVITED) != (route.needs == INVITED):
        told = "This needs an invitation" if route.needs == INVITED else "An invitation opens nothing but the way in"
        raise NotAllowed(f"{told}: see /v1/invitations/accept.")
    if route.needs != INVITED:
        may(principal, route.needs)
    if route.whole and principal.project_ids is not None:
        raise NotAllowed("This needs all projects of the organization: take a key that is not of some projects only.")
