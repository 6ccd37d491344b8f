"""POST /v1/admin/scim/tokens, and what such a token opens."""

import os
from collections.abc import Callable
from uuid import UUID

from contextfs.domain.scim.model import PREFIX
from contextfs.kit import tokens
from tests.conftest import Tenant
from tests.functions.conftest import Rows
from tests.functions.scim.conftest import Directory


def test_a_token_opens_the_directory_and_nothing_else(tenant: Tenant, directory: Directory, rows: Rows) -> None:
    listed = directory("GET", "/Users")
    elsewhere = tenant.http.get("/v1/memories", headers={"authorization": f"Bearer {directory.token}"})

    assert (listed.status_code, listed.json()["totalResults"]) == (200, 0)
    assert listed.headers["content-type"] == "application/scim+json"
    assert elsewhere.status_code == 401
    assert directory.token not in str(rows.of("scim_tokens", tenant)) + str(rows.of("audit_log", tenant))


def test_nothing_else_opens_the_directory(tenant: Tenant, directory: Directory) -> None:
    other = directory.token[:-1] + ("1" if directory.token[-1] == "0" else "0")
    for token in (tenant.key, "", "ctxs_x", other, directory.token + "0"):
        reply = tenant.http.get("/scim/v2/Users", headers={"authorization": f"Bearer {token}"})

        assert reply.status_code == 401
        assert reply.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert reply.headers["www-authenticate"].startswith("Bearer")
    assert tenant.http.get("/scim/v2/ServiceProviderConfig").status_code == 401


def test_another_secret_opens_nothing(tenant: Tenant, directory: Directory) -> None:
    """A token that names the same thing, with a checksum of its own: only the secret is another one."""
    forged = tokens.mint(PREFIX, tenant.org_id, UUID(directory.token_id), os.urandom)
    headers = [f"Bearer {forged}", f"Basic {directory.token}", directory.token, f"Bearer {directory.token}"]
    replies = [tenant.http.get("/scim/v2/Users", headers={"authorization": one}) for one in headers]

    assert [reply.status_code for reply in replies] == [401, 401, 401, 200]


def test_a_token_that_has_expired_opens_nothing(tenant: Tenant, directory: Directory, rows: Rows) -> None:
    rows.connection.execute("update contextfs.scim_tokens set expires_at = now() - interval '1 second'")

    assert directory("GET", "/Users").status_code == 401


def test_an_end_that_lies_in_the_past_is_refused(tenant: Tenant) -> None:
    body = {"name": "late", "expires_at": "2000-01-01T00:00:00Z"}

    assert tenant.call("POST", "/v1/admin/scim/tokens", body).status_code == 422


def test_a_key_of_one_project_makes_none(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    assert second_project(tenant).call("POST", "/v1/admin/scim/tokens", {"name": "t"}).status_code == 403
