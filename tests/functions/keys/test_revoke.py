"""DELETE /v1/api-keys/{key_id}."""

from collections.abc import Callable
from dataclasses import replace

from tests.conftest import Tenant
from tests.functions.conftest import Rows


def test_the_next_call_with_it_is_refused(tenant: Tenant, rows: Rows) -> None:
    made = tenant.call("POST", "/v1/api-keys", {"name": "ci"}).json()
    ci = replace(tenant, key=made["secret"])
    before = ci.call("GET", "/v1/projects").status_code

    reply = tenant.call("DELETE", f"/v1/api-keys/{made['api_key']['id']}")

    assert reply.status_code == 200
    assert reply.json() == made["api_key"] | {name: reply.json()[name] for name in ("revoked_at", "last_used_at")}
    assert (before, ci.call("GET", "/v1/projects").status_code) == (200, 401)
    assert [str(audit["subject"]) for audit in rows.audited(tenant, "api_key.revoked")] == [made["api_key"]["id"]]
    assert rows.events(tenant)[-1] == "api_key.revoked"


def test_revoking_twice_changes_nothing(tenant: Tenant, rows: Rows) -> None:
    key_id = tenant.call("POST", "/v1/api-keys", {"name": "ci"}).json()["api_key"]["id"]
    first = tenant.call("DELETE", f"/v1/api-keys/{key_id}")
    events = rows.events(tenant)

    again = tenant.call("DELETE", f"/v1/api-keys/{key_id}")

    assert again.json() == first.json()
    assert rows.events(tenant) == events


def test_a_key_may_end_itself(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    itself = key_with(tenant, role="owner")
    key_id = itself.call("GET", "/v1/api-keys?limit=1").json()["items"][0]["id"]

    assert itself.call("DELETE", f"/v1/api-keys/{key_id}").status_code == 200
    assert itself.call("GET", "/v1/api-keys").status_code == 401
