"""Members and service accounts: `client.users`."""

from typing import Any

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id, as_uuid
from contextfs.domain.access.people.model import NewUser, User, UserChange, UserKind
from contextfs.kit.page import Page

_PATH = "/v1/admin/users"

Ids = list[Id]
"""Ids of projects; None stands for every one of the organization."""


class Users:
    """Adds, lists, changes and removes members and service accounts."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        email: str | None = None,
        *,
        name: str | None = None,
        role: str = "member",
        projects: Ids | None = None,
        kind: UserKind = "person",
    ) -> User:
        """Add a person by e-mail address, or with `kind="service"` a service account by name."""
        new = NewUser(kind=kind, email=email, name=name, role=role, projects=as_uuids(projects))
        return self._transport.call("POST", _PATH, User, body=new)

    def list(self, *, email: str | None = None, role: str | None = None, page_size: int | None = None) -> Listing[User]:
        """List members and service accounts, newest first."""
        asked = {"email": email, "role": role, "limit": page_size}
        return Listing(lambda cursor: self._transport.call("GET", _PATH, Page[User], query=asked | {"cursor": cursor}))

    def get(self, user_id: Id) -> User:
        """Read one."""
        return self._transport.call("GET", f"{_PATH}/{segment(user_id)}", User)

    def update(self, user_id: Id, *, if_match: str | None = None, **changes: Any) -> User:
        """Change `name`, `role`, `projects` (None for all) or `suspended`; existing keys follow at once."""
        if changes.get("projects") is not None:
            changes["projects"] = as_uuids(changes["projects"])
        path = f"{_PATH}/{segment(user_id)}"
        return self._transport.call("PATCH", path, User, body=UserChange(**changes), if_match=if_match)

    def delete(self, user_id: Id) -> None:
        """Remove one: their keys and open invitations end at once, what they wrote stays."""
        self._transport.send("DELETE", f"{_PATH}/{segment(user_id)}")


def as_uuids(projects: Ids | None) -> Any:
    """Read the ids of projects; None stays None."""
    return None if projects is None else [as_uuid(one, "projects") for one in projects]
