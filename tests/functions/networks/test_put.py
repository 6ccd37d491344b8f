"""PUT /v1/admin/networks: who comes from elsewhere is not let in, whatever they bring; who sets it is not shut out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.functions.asking import Things, deliver, told
from tests.functions.conftest import Rows, sign_in
from tests.functions.tokens.test_create import EXCHANGE

PATH = "/v1/admin/networks"
OFFICE = ["198.51.100.0/24", "2001:db8:7::/48"]
At = Callable[[str], TestClient]


@pytest.fixture
def at(wiring: Wiring) -> At:
    """Give a function that makes a client at an address."""
    app = gateway(wiring.door, routes())
    return lambda address: TestClient(app, client=(address, 50000))


def put(tenant: Tenant, http: TestClient, networks: list[str], **more: Any) -> Any:
    """Set the list from an address; gives the reply."""
    return replace(tenant, http=http).call("PUT", PATH, {"networks": networks, **more})


def status(tenant: Tenant, http: TestClient) -> int:
    return replace(tenant, http=http).call("GET", "/v1/projects").status_code


def test_only_who_comes_from_there_is_let_in(tenant: Tenant, other_tenant: Tenant, at: At, rows: Rows) -> None:
    reply = put(tenant, at("198.51.100.7"), OFFICE)
    places = ["198.51.100.8", "2001:db8:7::1", "::ffff:198.51.100.9", "198.51.101.8", "2001:db8:8::1", "127.0.0.1"]
    refused = replace(tenant, http=at("203.0.113.9")).call("GET", "/v1/projects")

    assert (reply.status_code, reply.json()["networks"], reply.json()["covers"]) == (200, OFFICE, ["keys", "logins"])
    assert [status(tenant, at(place)) for place in places] == [200, 200, 200, 403, 403, 403]
    assert told(refused)["detail"] == "The organization may not be called from 203.0.113.9."
    assert tenant.call("GET", "/v1/projects").status_code == 403, "an address that nobody knows is in no network"
    assert status(other_tenant, at("203.0.113.9")) == 200
    assert rows.audited(tenant, "networks.changed")[0]["details"] == {"covers": ["keys", "logins"], "networks": OFFICE}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP"])
def test_a_header_that_anybody_writes_lets_nobody_in(header: str, tenant: Tenant, at: At) -> None:
    put(tenant, at("198.51.100.7"), OFFICE)
    forged = "for=198.51.100.7" if header == "Forwarded" else "198.51.100.7"
    named = {"authorization": f"Bearer {tenant.key}", header: forged}

    assert at("203.0.113.9").get("/v1/projects", headers=named).status_code == 403


def test_who_sets_it_is_not_shut_out(tenant: Tenant, at: At, rows: Rows) -> None:
    elsewhere = put(tenant, at("203.0.113.9"), OFFICE)
    nowhere = tenant.call("PUT", PATH, {"networks": OFFICE})

    assert (elsewhere.status_code, nowhere.status_code) == (422, 422)
    assert told(elsewhere)["detail"].startswith("Your own address, 203.0.113.9, is in none of these networks: add it")
    assert rows.of("allow_lists", tenant) == []


def test_an_empty_list_lets_everybody_in_again(tenant: Tenant, at: At, rows: Rows) -> None:
    put(tenant, at("198.51.100.7"), OFFICE)
    cleared = put(tenant, at("198.51.100.7"), [])

    assert cleared.json() == {"networks": [], "covers": [], "updated_at": None}
    assert status(tenant, at("203.0.113.9")) == 200


def test_a_wrong_key_from_elsewhere_learns_nothing_of_it(tenant: Tenant, at: At) -> None:
    put(tenant, at("198.51.100.7"), OFFICE)
    wrong = replace(tenant, key=tenant.key[:-1])

    assert status(wrong, at("203.0.113.9")) == 401


def test_it_holds_for_each_kind_of_caller_that_it_names(tenant: Tenant, things: Things, at: At) -> None:
    office, home = at("198.51.100.7"), at("203.0.113.9")
    cookie = sign_in(tenant)[0]
    token = tenant.call("POST", "/v1/admin/scim/tokens", {"name": "t"}).json()["secret"]
    number = iter(range(100))

    def asked() -> list[int]:
        delivered = deliver(
            replace(tenant, http=home),
            f"/v1/ingest/{things.source}",
            b'{"conversation_id": "c", "messages": []}',
            delivery=f"msg_{next(number)}",
        )
        login = home.get("/v1/auth/me", headers={"cookie": f"ctx_login={cookie}"})
        directory = home.get("/scim/v2/Users", headers={"authorization": f"Bearer {token}"})
        replies = (delivered.status_code, login.status_code, directory.status_code)
        return [status(tenant, home), *(reply == 403 for reply in replies)]

    put(tenant, office, OFFICE, covers=["keys"])
    keys = asked()
    put(tenant, office, OFFICE, covers=["logins", "sources", "directories"])

    assert keys == [403, False, False, False]
    assert asked() == [200, True, True, True]


def test_a_key_is_changed_for_a_token_from_there_alone(tenant: Tenant, at: At) -> None:
    put(tenant, at("198.51.100.7"), OFFICE)
    asked = EXCHANGE | {"subject_token": tenant.key, "project_id": str(tenant.project_id)}
    replies = [at(place).post("/oauth/token", data=asked) for place in ("198.51.100.8", "203.0.113.9")]

    assert [reply.status_code for reply in replies] == [200, 400], replies[0].text
    assert "may not be called from 203.0.113.9" in replies[1].json()["error_description"]


def test_a_model_is_refused_too(tenant: Tenant, at: At) -> None:
    put(tenant, at("198.51.100.7"), OFFICE)
    asked = {"name": "contextfs_search", "arguments": {"query": "x"}}
    calling = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
    named = {"authorization": f"Bearer {tenant.key}", "accept": "application/json, text/event-stream"}
    answer = at("203.0.113.9").post("/mcp", json=calling, headers=named).json()

    assert answer["result"]["isError"], answer
    assert "may not be called from 203.0.113.9" in answer["result"]["content"][0]["text"]


def test_it_takes_every_project_and_the_permission(tenant: Tenant, at: At, key_with: Callable[..., Tenant]) -> None:
    lesser = [key_with(tenant, role="member"), key_with(tenant, role="owner", project_id=str(tenant.project_id))]

    assert [put(one, at("198.51.100.7"), OFFICE).status_code for one in lesser] == [403, 403]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"networks": ["office"]}, "$.networks[0]"),
        ({"networks": ["198.51.100.7/24"]}, "$.networks[0]"),
        ({"networks": OFFICE, "covers": []}, "$.covers"),
        ({"networks": OFFICE, "covers": ["friends"]}, "$.covers[0]"),
        ({"networks": ["10.0.0.0/8"] * 201}, "$.networks"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(wrong: dict[str, Any], where: str, tenant: Tenant) -> None:
    reply = tenant.call("PUT", PATH, wrong)

    assert (reply.status_code, told(reply)["where"]) == (422, where)
