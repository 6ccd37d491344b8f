"""POST /v1/admin/invitations."""

import re
from datetime import datetime, timedelta

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.people import invite, join


def test_the_token_is_shown_once_and_kept_as_a_hash(tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("POST", "/v1/admin/invitations", {"email": "ann@example.test", "days": 3}, idempotency_key="k")
    again = tenant.call("POST", "/v1/admin/invitations", {"email": "ann@example.test", "days": 3}, idempotency_key="k")
    made, token = reply.json()["invitation"], reply.json()["token"]
    lasts = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])

    assert reply.status_code == 201
    assert re.fullmatch(r"ctx(k_live|k_test|i)_[0-9A-Za-z]{43}_[0-9A-Za-z]{39}", token)
    assert lasts == timedelta(days=3)
    assert again.json() == reply.json() | {"token": ""}
    for table in ("invitations", "audit_log", "outbox", "idempotency_keys"):
        assert token not in str(rows.of(table, tenant)), table


def test_a_new_one_for_the_same_address_ends_the_one_before(tenant: Tenant) -> None:
    first, second = [invite(tenant, email).json()["token"] for email in ("ann@example.test", "Ann@Example.test")]
    statuses = [
        tenant.http.post("/v1/invitations/accept", json={}, headers={"authorization": f"Bearer {token}"}).status_code
        for token in (first, second)
    ]

    assert statuses == [401, 201]


def test_who_is_a_member_is_not_invited(tenant: Tenant) -> None:
    reply = invite(tenant, "Owner@example.test")

    assert reply.status_code == 409
    assert told(reply)["where"] == "$.email"


def test_an_administrator_invites_no_owner(tenant: Tenant) -> None:
    admin = join(tenant, "admin@example.test", role="admin")

    assert invite(admin, "friend@example.test", role="owner").status_code == 403
