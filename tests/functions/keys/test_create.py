"""POST /v1/api-keys."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from contextfs.domain.access.rules import PERMISSIONS, ROLES
from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, same_but_for_the_request, told
from tests.functions.conftest import Rows


def test_a_key_works_and_its_secret_is_shown_once(tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("POST", "/v1/api-keys", {"name": "ci", "role": "viewer"})
    key, secret = reply.json()["api_key"], reply.json()["secret"]
    works = replace(tenant, key=secret).call("GET", "/v1/memories")

    assert reply.status_code == 201
    assert re.fullmatch(r"ctxk_(live|test)_[0-9A-Za-z]{43}_[0-9A-Za-z]{39}", secret)
    assert (key["name"], key["role"], key["permissions"]) == ("ci", "viewer", list(ROLES["viewer"]))
    assert key["hint"] == secret[-4:]
    assert works.status_code == 200
    assert [str(audit["subject"]) for audit in rows.audited(tenant, "api_key.created")] == [key["id"]]
    assert rows.events(tenant) == ["api_key.created"]
    for table in ("api_keys", "audit_log", "outbox", "idempotency_keys"):
        assert secret not in str(rows.of(table, tenant)), table


def test_repeating_the_call_shows_no_secret_and_keeps_none(tenant: Tenant, rows: Rows) -> None:
    first = tenant.call("POST", "/v1/api-keys", {"name": "ci"}, idempotency_key="k1")
    again = tenant.call("POST", "/v1/api-keys", {"name": "ci"}, idempotency_key="k1")

    assert again.json() == first.json() | {"secret": ""}
    assert first.json()["secret"] not in str(rows.of("idempotency_keys", tenant))
    assert len(rows.of("api_keys", tenant)) == 2


@pytest.mark.parametrize("permission", ["*", "keys:*", "events:write", "projects:*"])
def test_nobody_hands_out_more_than_they_have(permission: str, tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    less = key_with(tenant, permissions=["keys:write", "memories:read", "projects:write"])

    reply = less.call("POST", "/v1/api-keys", {"name": "more", "permissions": [permission]})

    assert reply.status_code == 403
    assert permission in told(reply)["detail"]


def test_a_role_counts_like_its_permissions(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    read = list(ROLES["viewer"])
    less = key_with(tenant, permissions=["keys:write", *read])

    replies = [less.call("POST", "/v1/api-keys", {"name": "k", "role": role}).status_code for role in ROLES]

    assert replies == [403, 403, 403, 201]


def test_a_key_of_one_project_makes_keys_of_that_project(
    tenant: Tenant, second_project: Callable[[Tenant], Tenant]
) -> None:
    stranger = second_project(tenant)

    made = stranger.call("POST", "/v1/api-keys", {"name": "k"})
    foreign = stranger.call("POST", "/v1/api-keys", {"name": "k", "project_id": str(tenant.project_id)})

    assert made.json()["api_key"]["project_id"] == str(stranger.project_id)
    assert foreign.status_code == 404
    assert same_but_for_the_request(
        foreign, stranger.call("POST", "/v1/api-keys", {"name": "k", "project_id": UNKNOWN})
    )


def test_a_foreign_project_is_like_one_that_nobody_has(tenant: Tenant, other_tenant: Tenant) -> None:
    foreign = tenant.call("POST", "/v1/api-keys", {"name": "k", "project_id": str(other_tenant.project_id)})

    assert foreign.status_code == 404
    assert same_but_for_the_request(foreign, tenant.call("POST", "/v1/api-keys", {"name": "k", "project_id": UNKNOWN}))


def test_an_end_that_lies_in_the_past_is_refused(tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("POST", "/v1/api-keys", {"name": "k", "expires_at": "2000-01-01T00:00:00Z"})

    assert reply.status_code == 422
    assert told(reply)["where"] == "$.expires_at"
    assert len(rows.of("api_keys", tenant)) == 1


def test_an_unknown_permission_is_refused(tenant: Tenant) -> None:
    for permission in ("memories:fly", "unicorns:*", "", "*:*", "memories:read\n"):
        reply = tenant.call("POST", "/v1/api-keys", {"name": "k", "permissions": [permission]})

        assert reply.status_code == 422
        assert all(name in told(reply)["detail"] for name in PERMISSIONS)
