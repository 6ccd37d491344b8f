"""POST /v1/tokens, the same as a token exchange (RFC 8693), and what a token opens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, LiteralString

import pytest

from contextfs.domain.access.rules import PERMISSIONS, allows
from contextfs.domain.access.tokens.rules import GIVEN
from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.auth.browser import Browser
from tests.functions.auth.conftest import Time, browser, clocked, new_browser, time
from tests.functions.conftest import Rows
from tests.functions.strangers import forged

__all__ = ["browser", "clocked", "new_browser", "time"]

_URN = "urn:ietf:params:oauth:"
EXCHANGE = {
    "grant_type": f"{_URN}grant-type:token-exchange",
    "subject_token_type": f"{_URN}token-type:access_token",
}


def token_of(tenant: Tenant, **wanted: Any) -> Tenant:
    """Change the tenant's key for a token; gives the tenant that calls with it."""
    reply = tenant.call("POST", "/v1/tokens", {"project_id": str(tenant.project_id), **wanted})
    assert reply.status_code == 201, reply.text
    return replace(tenant, key=reply.json()["access_token"])


def remember(tenant: Tenant, project: object = None) -> int:
    body = {"project_id": str(project or tenant.project_id), "content": "Known."}
    return tenant.call("POST", "/v1/memories", body).status_code


def test_a_token_may_what_it_names_in_its_project(
    tenant: Tenant, second_project: Callable[[Tenant], Tenant], rows: Rows
) -> None:
    other = second_project(tenant)
    token = token_of(tenant, permissions=["memories:write"])

    assert [201, 404] == [remember(token), remember(token, other.project_id)]
    assert token.call("GET", "/v1/memories").status_code == 403
    [written] = rows.audited(tenant, "memory.created")
    [kept] = rows.of("access_tokens", tenant)
    assert (f"token:{kept['id']}", kept["key_id"]) == (written["actor"], written["actor_id"])
    assert token.key not in str(kept)


def test_a_token_holds_nothing_that_makes_a_credential(tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/tokens", {"project_id": str(tenant.project_id)}).json()
    token = replace(tenant, key=reply["access_token"])

    refused = [
        token.call("POST", path, body).status_code
        for path, body in (
            ("/v1/tokens", {}),
            ("/v1/api-keys", {"name": "k"}),
            ("/v1/auth/logins", None),
            ("/v1/auth/devices", {"user_code": "BCDF-GHJK", "allow": True}),
            ("/v1/admin/invitations", {"email": "a@example.test"}),
            ("/v1/admin/scim/tokens", {"name": "n"}),
            ("/v1/sources", {"name": "s", "project_id": str(tenant.project_id)}),
        )
    ]
    assert {403} == set(refused)
    assert sorted(GIVEN) == sorted(reply["permissions"])
    assert [one for one in PERMISSIONS if one not in GIVEN and not one.endswith((":read", ":write"))] == []


@pytest.mark.parametrize(
    "wanted", [["keys:write"], ["memories:read", "users:read"], ["logins:write"], ["tokens:write"]]
)
def test_what_a_token_may_not_have_is_told(tenant: Tenant, wanted: list[str]) -> None:
    reply = tenant.call("POST", "/v1/tokens", {"project_id": str(tenant.project_id), "permissions": wanted})

    assert reply.status_code == 422
    assert wanted[-1] in told(reply)["detail"]


def test_nobody_hands_out_more_than_they_have(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    reader = key_with(tenant, permissions=["memories:read", "tokens:write"])
    reply = reader.call("POST", "/v1/tokens", {"project_id": str(tenant.project_id), "permissions": ["memories:write"]})
    usual = reader.call("POST", "/v1/tokens", {"project_id": str(tenant.project_id)}).json()

    assert (403, ["memories:read"]) == (reply.status_code, usual["permissions"])


def test_a_key_of_one_project_makes_tokens_of_that_one(
    tenant: Tenant, other_tenant: Tenant, second_project: Callable[[Tenant], Tenant]
) -> None:
    other = second_project(tenant)
    named = [
        other.call("POST", "/v1/tokens", body)
        for body in (
            {},
            {"project_id": str(tenant.project_id)},
            {"project_id": str(other_tenant.project_id)},
        )
    ]

    assert [201, 404, 404] == [one.status_code for one in named]
    assert str(other.project_id) == named[0].json()["project_id"]
    assert tenant.call("POST", "/v1/tokens", {}).status_code == 422


@pytest.mark.parametrize("end", ["revoke", "rotate", "expire"])
def test_it_ends_with_its_key(tenant: Tenant, key_with: Callable[..., Tenant], rows: Rows, end: str) -> None:
    key = key_with(tenant, role="owner")
    token = token_of(key)
    [row] = [one for one in rows.of("api_keys", tenant) if one["hint"] == key.key[-4:] and one["name"] == "less"]
    before = remember(token)
    if end == "revoke":
        tenant.call("DELETE", f"/v1/api-keys/{row['id']}")
    elif end == "rotate":
        tenant.call("POST", f"/v1/api-keys/{row['id']}/rotate", {"overlap_hours": 0})
    else:
        rows.connection.execute(
            "update contextfs.api_keys set expires_at = now() - interval '1 second' where id = %s", [row["id"]]
        )

    assert [201, 401] == [before, remember(token)]


def test_a_lesser_key_and_a_lesser_member_make_a_lesser_token(tenant: Tenant, rows: Rows) -> None:
    token = token_of(tenant)
    rows.connection.execute(
        "update contextfs.api_keys set permissions = '{memories:read}' where org_id = %s", [tenant.org_id]
    )

    assert [403, 200] == [remember(token), token.call("GET", "/v1/memories").status_code]


def test_it_ends_by_itself(tenant: Tenant, browser: Browser, time: Time) -> None:
    asked = {"project_id": str(tenant.project_id), "minutes": 5}
    named = {"authorization": f"Bearer {tenant.key}"}
    key = browser.http.post("/v1/tokens", json=asked, headers=named).json()["access_token"]
    used = {"authorization": f"Bearer {key}"}
    before = browser.http.get("/v1/memories", headers=used).status_code
    time.passed += timedelta(minutes=5)

    assert [200, 401] == [before, browser.http.get("/v1/memories", headers=used).status_code]


def test_a_login_is_changed_for_one_that_ends_with_it(tenant: Tenant, browser: Browser) -> None:
    browser.sign_in(tenant.key)
    key = browser.send("POST", "/v1/tokens", {"project_id": str(tenant.project_id)}).json()["access_token"]
    token = replace(tenant, key=key)
    before = remember(token)
    browser.send("POST", "/v1/auth/logout")

    assert [201, 401] == [before, remember(token)]


LOGIN_ENDS: dict[str, LiteralString] = {
    "its time": "update contextfs.logins set expires_at = now() - interval '1 second' where org_id = %s",
    "its key revoked": "update contextfs.api_keys set revoked_at = now() where name = 'door' and org_id = %s",
    "its key expired": (
        "update contextfs.api_keys set expires_at = now() - interval '1 second' where name = 'door' and org_id = %s"
    ),
}


@pytest.mark.parametrize("end", LOGIN_ENDS)
def test_it_ends_with_its_login_however_that_ends(tenant: Tenant, browser: Browser, rows: Rows, end: str) -> None:
    browser.sign_in(tenant.call("POST", "/v1/api-keys", {"name": "door", "role": "owner"}).json()["secret"])
    made = browser.send("POST", "/v1/tokens", {"project_id": str(tenant.project_id)}).json()
    token = replace(tenant, key=made["access_token"])
    before = remember(token)
    rows.connection.execute(LOGIN_ENDS[end], [tenant.org_id])

    assert [201, 401] == [before, remember(token)]


def test_another_secret_opens_nothing(tenant: Tenant) -> None:
    token = token_of(tenant)

    assert [401, 201] == [remember(replace(tenant, key=forged(token.key))), remember(token)]


@pytest.mark.parametrize("minutes", [0, 61])
def test_it_lasts_an_hour_at_the_most(tenant: Tenant, minutes: int) -> None:
    reply = tenant.call("POST", "/v1/tokens", {"project_id": str(tenant.project_id), "minutes": minutes})

    assert reply.status_code == 422


def test_a_token_exchange_is_the_same(tenant: Tenant) -> None:
    asked = EXCHANGE | {
        "subject_token": tenant.key,
        "scope": "memories:read memories:write",
        "project_id": str(tenant.project_id),
    }
    reply = tenant.http.post("/oauth/token", data=asked).json()

    assert ("Bearer", f"{_URN}token-type:access_token", "memories:read memories:write") == (
        reply["token_type"],
        reply["issued_token_type"],
        reply["scope"],
    )
    assert 3590 <= reply["expires_in"] <= 3600
    assert remember(replace(tenant, key=reply["access_token"])) == 201


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"subject_token": "nonsense"}, "invalid_grant"),
        ({"subject_token_type": "jwt"}, "invalid_request"),
        ({"scope": "users:write"}, "invalid_request"),
        ({"scope": "nonsense"}, "invalid_request"),
        ({"project_id": "0190ffff-ffff-7fff-bfff-ffffffffffff"}, "invalid_request"),
    ],
)
def test_an_exchange_that_is_refused_is_told(tenant: Tenant, changed: dict[str, str], error: str) -> None:
    named = {"subject_token": tenant.key, "project_id": str(tenant.project_id)}
    reply = tenant.http.post("/oauth/token", data=EXCHANGE | named | changed)

    assert (400, error) == (reply.status_code, reply.json()["error"])


def test_permissions_of_a_token_are_a_part_of_all_there_are() -> None:
    assert all(allows(("*",), one) for one in GIVEN)
    assert {"memories:read", "memories:write", "sessions:write", "sql:read"} <= set(GIVEN)
