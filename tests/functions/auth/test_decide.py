"""POST /v1/auth/devices."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.auth.browser import Browser
from tests.functions.conftest import Rows, asking_device

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def decide(tenant: Tenant, code: str, *, allow: bool = True) -> int:
    return tenant.call("POST", "/v1/auth/devices", {"user_code": code, "allow": allow}).status_code


def poll(tenant: Tenant, device: dict[str, str]) -> dict[str, str]:
    asked = {"grant_type": GRANT, "client_id": "ctx", "device_code": device["device_code"]}
    return tenant.http.post("/oauth/token", data=asked).json()


def test_a_device_that_is_allowed_gets_a_key_of_its_person(tenant: Tenant, browser: Browser, rows: Rows) -> None:
    device = asking_device(tenant, "Ann's laptop")
    browser.sign_in(tenant.key)
    wanted = {"user_code": device["user_code"].lower().replace("-", " "), "allow": True}
    decided = browser.send("POST", "/v1/auth/devices", wanted)
    key = poll(tenant, device)

    [kept] = [row for row in rows.of("api_keys", tenant) if row["name"] == "Ann's laptop"]
    assert decided.json() == {"name": "Ann's laptop", "allowed": True}
    assert (kept["user_id"], kept["permissions"]) == (tenant.user_id, ["*"])
    assert 86400 * 89 < int(key["expires_in"]) <= 86400 * 90
    assert (kept["hint"], "Bearer", "*") == (key["access_token"][-4:], key["token_type"], key["scope"])
    assert rows.audited(tenant, "device.decided")
    assert [one["subject"] for one in rows.audited(tenant, "api_key.created")] == [kept["id"]]


def test_a_decision_is_told_once(tenant: Tenant) -> None:
    device = asking_device(tenant)
    decide(tenant, device["user_code"])

    assert "access_token" in poll(tenant, device)
    assert poll(tenant, device)["error"] == "expired_token"


def test_a_code_is_decided_once_also_by_two_at_once(tenant: Tenant, other_tenant: Tenant, rows: Rows) -> None:
    device = asking_device(tenant)
    with ThreadPoolExecutor(2) as pool:
        decided = list(pool.map(decide, (tenant, other_tenant), [device["user_code"]] * 2))

    poll(tenant, device)
    keys = [row for one in (tenant, other_tenant) for row in rows.of("api_keys", one) if row["name"] == "a laptop"]
    assert sorted(decided) == [200, 404]
    assert len(keys) == 1
    assert keys[0]["org_id"] == (tenant, other_tenant)[decided.index(200)].org_id


@pytest.mark.parametrize("wanted", [{"role": "viewer"}, {"permissions": ["logins:write"]}])
def test_a_key_that_may_less_than_its_person_lets_nobody_in(
    tenant: Tenant, key_with: Callable[..., Tenant], wanted: dict[str, object]
) -> None:
    device = asking_device(tenant)
    reply = key_with(tenant, **wanted).call(
        "POST", "/v1/auth/devices", {"user_code": device["user_code"], "allow": True}
    )

    assert reply.status_code == 403
    assert poll(tenant, device)["error"] == "authorization_pending"


def test_a_code_that_nobody_shows_is_told(tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/auth/devices", {"user_code": "BCDF-GHJK", "allow": True})

    assert reply.status_code == 404
    assert told(reply)["where"] == "$.user_code"
