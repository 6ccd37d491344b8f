"""API keys: `client.keys`."""

from datetime import datetime

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id, as_uuid
from contextfs.domain.access.model import ApiKey, ApiKeyCreated, NewApiKey, RoleName, Rotation
from contextfs.kit.page import Page

_PATH = "/v1/api-keys"

Permissions = list[str]
"""`noun:verb`, `noun:*` or `*`."""


class Keys:
    """Creates, lists and revokes API keys."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        name: str,
        *,
        role: RoleName = "member",
        permissions: Permissions | None = None,
        project_id: Id | None = None,
        expires_at: datetime | None = None,
        user_id: Id | None = None,
    ) -> ApiKeyCreated:
        """Create a key with at most the caller's own permissions; its `secret` is shown only now.

        With `project_id` the key sees only that project; with `user_id` it belongs to that service account.
        """
        project = None if project_id is None else as_uuid(project_id, "project_id")
        new = NewApiKey(
            name=name,
            role=role,
            permissions=permissions,
            project_id=project,
            expires_at=expires_at,
            user_id=None if user_id is None else as_uuid(user_id, "user_id"),
        )
        return self._transport.call("POST", _PATH, ApiKeyCreated, body=new)

    def list(self, *, user_id: Id | None = None, page_size: int | None = None) -> Listing[ApiKey]:
        """List API keys, newest first, without their secrets: all, or those of one member."""
        asked = {"user_id": user_id, "limit": page_size}
        return Listing(
            lambda cursor: self._transport.call("GET", _PATH, Page[ApiKey], query=asked | {"cursor": cursor})
        )

    def rotate(self, key_id: Id, *, overlap_hours: int = 24) -> ApiKeyCreated:
        """Replace a key by one with the same permissions; the old one works for some more hours."""
        body = Rotation(overlap_hours=overlap_hours)
        return self._transport.call("POST", f"{_PATH}/{segment(key_id)}/rotate", ApiKeyCreated, body=body)

    def revoke(self, key_id: Id) -> ApiKey:
        """End a key: the next call with it is refused."""
        return self._transport.call("DELETE", f"{_PATH}/{segment(key_id)}", ApiKey)
