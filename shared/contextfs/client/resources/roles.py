"""Custom roles: `client.roles`."""

from typing import Any

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.client.resources.users import Ids, as_uuids
from contextfs.domain.access.roles.model import CustomRole, NewRole, RoleChange
from contextfs.kit.page import Page

_PATH = "/v1/admin/roles"

Permissions = list[str]
"""`noun:verb`, `noun:*` or `*`."""


class Roles:
    """Creates, lists, changes and deletes an organization's own roles."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self, name: str, permissions: Permissions, *, description: str | None = None, projects: Ids | None = None
    ) -> CustomRole:
        """Create a role with at most the caller's own permissions."""
        new = NewRole(name=name, permissions=permissions, description=description, projects=as_uuids(projects))
        return self._transport.call("POST", _PATH, CustomRole, body=new)

    def list(self, *, name: str | None = None, page_size: int | None = None) -> Listing[CustomRole]:
        """List the roles, newest first."""
        asked = {"name": name, "limit": page_size}
        return Listing(
            lambda cursor: self._transport.call("GET", _PATH, Page[CustomRole], query=asked | {"cursor": cursor})
        )

    def get(self, role_id: Id) -> CustomRole:
        """Read one."""
        return self._transport.call("GET", f"{_PATH}/{segment(role_id)}", CustomRole)

    def update(self, role_id: Id, *, if_match: str | None = None, **changes: Any) -> CustomRole:
        """Change `permissions`, `description` or `projects`, for everybody who has the role."""
        if changes.get("projects") is not None:
            changes["projects"] = as_uuids(changes["projects"])
        path = f"{_PATH}/{segment(role_id)}"
        return self._transport.call("PATCH", path, CustomRole, body=RoleChange(**changes), if_match=if_match)

    def delete(self, role_id: Id) -> None:
        """Delete a role that no member has."""
        self._transport.send("DELETE", f"{_PATH}/{segment(role_id)}")
