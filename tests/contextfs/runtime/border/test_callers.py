"""Each kind of caller is known at the border: streams, logins, directories, sources, programs of MCP."""

import time

import httpx2
import pytest

from contextfs.client import ContextFS, NewMessage
from contextfs.kit.clock import system_clock
from contextfs.kit.errors import Misdirected, NotAuthenticated
from tests.contextfs.runtime.border.conftest import Organization, Region
from tests.contextfs.runtime.border.test_border import wants
from tests.functions.asking import SECRET, signed

MCP = {"accept": "application/json, text/event-stream"}


def session(org: Organization, region: Region) -> str:
    created = org.call(region, "POST", "/v1/sessions", json={"project_id": str(org.project_id), "tool": "test"})
    return created.json()["session"]["id"]


def source(org: Organization, region: Region) -> str:
    wanted = {"name": "desk", "project_id": str(org.project_id), "secret": SECRET}
    return org.call(region, "POST", "/v1/sources", json=wanted).json()["source"]["path"].rpartition("/")[2]


def test_a_stream_through_the_other_door_is_stored_at_home(north: Region, south: Region) -> None:
    org = north.found()
    session_id = session(org, north)
    with ContextFS(south.url, org.key, attempts=1) as client:
        with client.sessions.stream(session_id) as stream:
            for number in range(3):
                stream.append(NewMessage(role="user", content=f"message {number}"))
        watched = client.sessions.watch(session_id)
        seen = [next(watched).content for _ in range(3)]

    kept = north.rows("select count(*) from contextfs.messages where org_id = %s", org.org_id)
    assert (seen, kept) == (["message 0", "message 1", "message 2"], [(3,)])
    assert south.rows("select count(*) from contextfs.messages where org_id = %s", org.org_id) == [(0,)]


def test_a_stream_is_refused_as_at_home(north: Region, south: Region) -> None:
    org = north.found()
    session_id = session(org, north)
    wrong = f"{org.key[:-45]}{'x' * 45}"
    with ContextFS(south.url, wrong, attempts=1) as client, pytest.raises(NotAuthenticated):
        client.sessions.stream(session_id).__enter__().append(NewMessage(role="user", content="x"))
    wants(north, org, "refuse")
    other = north.found()
    wants(north, other, "refuse")
    with ContextFS(south.url, other.key, attempts=1) as client, pytest.raises(Misdirected, match="lives in north"):
        client.sessions.stream(session(other, north)).__enter__().append(NewMessage(role="user", content="x"))


@pytest.mark.parametrize(("elsewhere", "status"), [("forward", 200), ("refuse", 421)])
def test_every_kind_of_caller_is_known(elsewhere: str, status: int, north: Region, south: Region) -> None:
    org = north.found()
    wants(north, org, elsewhere)
    address = source(org, north)
    opened = org.call(north, "POST", "/v1/auth/logins").headers["set-cookie"].split(";")[0]
    directory = org.call(north, "POST", "/v1/admin/scim/tokens", json={"name": "t"}).json()["secret"]
    token = org.call(north, "POST", "/v1/tokens", json={"project_id": str(org.project_id)}).json()["access_token"]
    body = b'{"conversation_id": "c", "messages": []}'
    delivery = {"content-type": "application/json", **signed(SECRET, "msg_1", system_clock(), body)}
    calls = [
        ("GET", "/v1/projects", {"authorization": f"Bearer {token}"}, None),
        ("GET", "/v1/auth/me", {"cookie": opened}, None),
        ("GET", "/scim/v2/Users", {"authorization": f"Bearer {directory}"}, None),
        ("POST", f"/v1/ingest/{address}", delivery, body),
        (
            *("POST", "/mcp", MCP | {"authorization": f"Bearer {org.key}", "content-type": "application/json"}),
            b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}',
        ),
    ]
    replies = [
        httpx2.request(method, f"{south.url}{path}", headers=headers, content=content, trust_env=False, timeout=60)
        for method, path, headers, content in calls
    ]

    assert [reply.status_code for reply in replies] == [status] * len(calls), [reply.text for reply in replies]


@pytest.mark.parametrize("elsewhere", ["forward", "refuse"])
def test_a_caller_that_opens_nothing_is_told_the_same_by_both_doors(
    elsewhere: str, north: Region, south: Region
) -> None:
    org = north.found()
    wants(north, org, elsewhere)
    directory = org.call(north, "POST", "/v1/admin/scim/tokens", json={"name": "t"}).json()
    org.call(north, "DELETE", f"/v1/admin/scim/tokens/{directory['scim_token']['id']}")
    address = source(org, north)
    gone = f"{address[:-1]}{'0' if address[-1] != '0' else '1'}"
    calls = [
        ("GET", "/scim/v2/Users", {"authorization": f"Bearer {directory['secret']}"}),
        ("POST", f"/v1/ingest/{gone}", {"content-type": "application/json"}),
    ]
    told = [
        [
            httpx2.request(method, f"{region.url}{path}", headers=headers, trust_env=False, timeout=60).status_code
            for region in (north, south)
        ]
        for method, path, headers in calls
    ]

    assert told == [[401, 401], [404, 404]]


def test_who_comes_from_where_it_is_not_allowed_is_refused_at_home(north: Region, south: Region) -> None:
    org = north.found()
    org.call(north, "PUT", "/v1/admin/networks", json={"networks": ["127.0.0.0/8"]})
    with_hops = org.call(south, "GET", "/v1/projects", headers={"x-forwarded-for": "203.0.113.9"})

    assert org.call(south, "GET", "/v1/projects").status_code == 200, "the address of who called south is what counts"
    assert with_hops.status_code == 200, "no proxy of ours stands before south, so nobody is believed about addresses"


def proxied(region: Region, **headers: str) -> httpx2.Response:
    """Ask a model by the proxy of a region."""
    own = {
        "authorization": "Bearer sk-of-the-model",
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    body = {"model": "m", "messages": [{"role": "user", "content": "Which port?"}]}
    path = "/v1/proxy/openai/v1/chat/completions?beta=true"
    return httpx2.post(f"{region.url}{path}", json=body, headers=own, trust_env=False, timeout=60)


def is_kept(org: Organization, region: Region) -> bool:
    """Tell whether what was said is stored, as soon as it is: a reply may be read before that."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if region.rows("select 1 from contextfs.messages where org_id = %s", org.org_id):
            return True
        time.sleep(0.02)
    return False


def test_a_model_is_asked_from_the_region_of_who_asks(north: Region, south: Region) -> None:
    org, neighbour = north.found(), south.found()
    login = neighbour.call(south, "POST", "/v1/auth/logins").headers["set-cookie"].split(";")[0]
    of_another = [len(south.model.headers), len(north.model.headers)]
    replies = [proxied(south, x_contextfs_key=org.key), proxied(south, x_contextfs_key=org.key, cookie=login)]

    assert [reply.status_code for reply in replies] == [200, 200], [reply.text for reply in replies]
    assert [len(south.model.headers), len(north.model.headers)] == [of_another[0], of_another[1] + 2]
    assert {asked["authorization"] for asked in north.model.headers} == {"Bearer sk-of-the-model"}
    assert is_kept(org, north)
    assert south.rows("select 1 from contextfs.sessions where org_id in (%s, %s)", org.org_id, neighbour.org_id) == []


def test_who_may_not_ask_a_model_is_told_as_at_home(north: Region, south: Region) -> None:
    org, neighbour = north.found(), south.found()
    login = neighbour.call(south, "POST", "/v1/auth/logins").headers["set-cookie"].split(";")[0]
    wrong = f"{org.key[:-45]}{'x' * 45}"
    calls = [{"x_contextfs_key": wrong}, {"cookie": login}, {"x_contextfs_key": ""}]
    told = [[proxied(region, **call).status_code for region in (north, south)] for call in calls]
    wants(north, org, "refuse")
    other = north.found()
    wants(north, other, "refuse")
    refused = proxied(south, x_contextfs_key=other.key, cookie=login)

    assert told == [[401, 401]] * len(calls)
    assert (refused.status_code, refused.json()["region"]) == (421, "north")
