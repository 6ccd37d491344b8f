"""A call that arrives where its organization does not live is forwarded, or refused; nothing else tells of it."""

import gzip
from dataclasses import replace
from uuid import uuid4

import httpx2
import msgspec
import pytest

from contextfs.client import ContextFS
from contextfs.domain.access import keys
from tests.contextfs.runtime.border.conftest import Organization, Region

ANSWERED = {"x-request-id", "date", "ratelimit"}


def memory(org: Organization, content: str) -> dict[str, str]:
    return {"project_id": str(org.project_id), "content": content, "type": "fact"}


def stored(region: Region, org: Organization) -> list[str]:
    return [row[0] for row in region.rows("select content from contextfs.memories where org_id = %s", org.org_id)]


def wants(region: Region, org: Organization, elsewhere: str) -> None:
    assert org.call(region, "PUT", "/v1/admin/residency", json={"elsewhere": elsewhere}).status_code == 200


def test_a_call_through_the_other_door_is_done_at_home(north: Region, south: Region) -> None:
    org = north.found()
    at_home = org.call(north, "POST", "/v1/memories", json=memory(org, "said at home"))
    packed = gzip.compress(msgspec.json.encode(memory(org, "said elsewhere")))
    headers = {"content-type": "application/json", "content-encoding": "gzip", "x-request-id": "seen-in-both"}
    elsewhere = org.call(south, "POST", "/v1/memories", content=packed, headers=headers)
    read = org.call(south, "GET", "/v1/memories?limit=1")

    assert (at_home.status_code, elsewhere.status_code) == (201, 201), elsewhere.text
    assert elsewhere.headers["x-request-id"] == "seen-in-both"
    assert set(at_home.headers) - ANSWERED == set(elsewhere.headers) - ANSWERED
    assert [item["content"] for item in read.json()["items"]] == ["said elsewhere"]
    assert (sorted(stored(north, org)), stored(south, org)) == (["said at home", "said elsewhere"], [])


def test_nothing_of_an_organization_is_kept_elsewhere_but_where_it_lives(north: Region, south: Region) -> None:
    org = north.found()
    org.call(south, "POST", "/v1/memories", json=memory(org, "stays at home"))
    tables = [
        name
        for (name,) in south.rows(
            "select table_name from information_schema.columns where table_schema = 'contextfs'"
            " and column_name = 'org_id' order by 1"
        )
    ]
    held = [name for name in tables if south.rows(f"select 1 from contextfs.{name} where org_id = %s", org.org_id)]  # noqa: S608 - names of the catalog

    assert "outbox" in tables
    assert held == ["homes"]
    assert south.rows("select region from contextfs.homes where org_id = %s", org.org_id) == [("north",)]


def test_the_same_key_against_repetition_counts_by_both_doors(north: Region, south: Region) -> None:
    org = north.found()
    once = {"idempotency-key": "the-same"}
    first = org.call(south, "POST", "/v1/memories", json=memory(org, "once"), headers=once)
    again = org.call(north, "POST", "/v1/memories", json=memory(org, "once"), headers=once)

    assert (first.status_code, again.status_code, again.headers["idempotent-replayed"]) == (201, 201, "true")
    assert (first.content, stored(north, org)) == (again.content, ["once"])


def test_who_wants_no_forwarding_is_told_where_to_call(north: Region, south: Region) -> None:
    org = north.found()
    wants(north, org, "refuse")
    reply = org.call(south, "POST", "/v1/memories", json=memory(org, "never"))
    told = reply.json()

    assert (reply.status_code, reply.headers["content-type"]) == (421, "application/problem+json")
    assert (told["type"], told["region"], told["url"]) == (
        "urn:contextfs:problem:misdirected",
        "north",
        "https://north.example",
    )
    assert told["detail"] == "This organization lives in north, and wants its calls there: https://north.example."
    assert told["request_id"] == reply.headers["x-request-id"]
    assert stored(north, org) == []
    assert org.call(north, "GET", "/v1/memories").status_code == 200


def test_a_refusal_goes_by_what_its_home_says(north: Region, south: Region) -> None:
    refusing, forwarding = north.found(), south.found()
    wants(north, refusing, "refuse")

    assert refusing.call(south, "GET", "/v1/projects").status_code == 421
    assert forwarding.call(north, "GET", "/v1/projects").status_code == 200
    assert refusing.call(south, "GET", "/v1/admin/residency").status_code == 421
    assert refusing.call(north, "GET", "/v1/admin/residency").json() == {
        "region": "north",
        "elsewhere": "refuse",
        "others": ["south"],
    }


@pytest.mark.parametrize("elsewhere", ["forward", "refuse"])
def test_a_key_that_opens_nothing_learns_of_no_region(elsewhere: str, north: Region, south: Region) -> None:
    org = north.found()
    wants(north, org, elsewhere)
    wrong = replace(org, key=keys.mint(org.org_id, uuid4(), environment="live", entropy=lambda size: b"\7" * size))
    nowhere = replace(org, key=keys.mint(uuid4(), uuid4(), environment="live", entropy=lambda size: b"\7" * size))
    replies = [one.call(region, "GET", "/v1/projects") for one in (wrong, nowhere) for region in (north, south)]

    assert [reply.status_code for reply in replies] == [401] * 4
    assert all(reply.headers["www-authenticate"] for reply in replies)
    assert not [word for reply in replies for word in ("north", "south") if word in f"{reply.text}{reply.headers}"]


def test_what_a_forger_says_of_other_regions_is_not_believed(north: Region, south: Region) -> None:
    org = north.found()
    forged = f"v1 from=north;to=south;at=1;address=10.0.0.1;mac={'0' * 64}"
    called = org.call(south, "GET", "/v1/projects", headers={"x-contextfs-region": forged})
    asked = httpx2.get(f"{south.url}/internal/homes/{org.org_id}", trust_env=False, timeout=60)
    asked_forged = httpx2.get(
        f"{north.url}/internal/homes/{org.org_id}", headers={"x-contextfs-region": forged}, trust_env=False, timeout=60
    )

    assert (called.status_code, asked.status_code, asked_forged.status_code) == (403, 404, 403)
    assert called.json()["detail"].startswith("This says that a region forwarded it, and none did")


def test_what_regions_ask_nobody_else_is_answered_by_any_door(north: Region, south: Region) -> None:
    org = north.found()
    asked = [f"/internal/homes/{org.org_id}", f"/internal/homes/{uuid4()}", "/internal/callers/-", "/internal"]
    replies = [org.call(region, "GET", path) for path in asked for region in (south, north)]

    assert {reply.status_code for reply in replies} == {404}
    assert {reply.json()["detail"] for reply in replies} == {"There is nothing at this address: see /v1/openapi.json."}


@pytest.mark.parametrize(
    "query", ["q=a%2Fb+c&limit=1", "q=\"|^{}'&limit=1", "q=%C3%A9&limit=1", "q=%zz%&limit=1", "limit=1&"]
)
def test_a_query_is_read_at_home_as_it_was_sent(query: str, north: Region, south: Region) -> None:
    org = north.found()
    sent = httpx2.URL(south.url).copy_with(raw_path=f"/v1/memories?{query}".encode())
    at_home = httpx2.URL(north.url).copy_with(raw_path=f"/v1/memories?{query}".encode())
    headers = {"authorization": f"Bearer {org.key}"}
    told = [httpx2.get(url, headers=headers, trust_env=False, timeout=60) for url in (sent, at_home)]

    assert told[0].status_code == told[1].status_code
    assert told[0].json().get("detail") == told[1].json().get("detail")


def test_a_body_that_is_too_long_is_refused_at_home(north: Region, south: Region) -> None:
    org = north.found()
    reply = org.call(
        south, "POST", "/v1/memories", content=b"x" * 9_000_000, headers={"content-type": "application/json"}
    )

    assert (reply.status_code, reply.json()["type"]) == (413, "urn:contextfs:problem:too-large")


def test_the_sdk_tells_of_a_refusal(north: Region, south: Region) -> None:
    org = north.found()
    wants(north, org, "refuse")
    with ContextFS(south.url, org.key, attempts=1) as client, pytest.raises(Exception, match="lives in north") as told:
        list(client.projects.list())

    assert type(told.value).__name__ == "Misdirected"
