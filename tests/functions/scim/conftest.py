"""A directory that tells of people, and browsers of theirs."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.auth.conftest import browser, clocked, new_browser, provider, set_up, time

__all__ = ["browser", "clocked", "new_browser", "provider", "set_up", "time"]


class Directory:
    """A tenant's directory, with a token of its own."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        made = tenant.call("POST", "/v1/admin/scim/tokens", {"name": "directory"}).json()
        self.token, self.token_id = made["secret"], made["scim_token"]["id"]

    def __call__(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        """Call an address below /scim/v2."""
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/scim+json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.tenant.http.request(method, f"/scim/v2{path}", json=json, headers=sent)

    def add(self, user_name: str = "ann@acme.example", /, **more: Any) -> str:
        """Tell of a user; gives their id."""
        reply = self(
            "POST", "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name} | more
        )
        assert reply.status_code == 201, reply.text
        return reply.json()["id"]

    def group(self, name: str, *users: str) -> str:
        """Tell of a group; gives its id."""
        members = [{"value": user} for user in users]
        schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
        reply = self("POST", "/Groups", {"schemas": schemas, "displayName": name, "members": members})
        assert reply.status_code == 201, reply.text
        return reply.json()["id"]

    def patch(self, path: str, *operations: Any, **headers: str) -> Any:
        """Change something."""
        schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        return self("PATCH", path, {"schemas": schemas, "Operations": list(operations)}, **headers)


NewDirectory = Callable[[Tenant], Directory]


@pytest.fixture
def directory(tenant: Tenant) -> Directory:
    """Give the tenant a directory."""
    return Directory(tenant)
