"""GET /v1/context/{pack_id}."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, same_but_for_the_request
from tests.functions.conftest import Rows

TASK = "Which port does the staging database listen on?"


@pytest.fixture
def memories(tenant: Tenant, settle_events: Callable[[], int]) -> list[str]:
    """Give a pinned memory and one that fits the task, among others that do not."""
    project = {"project_id": str(tenant.project_id)}
    bodies = [
        {"content": "Answer in English.", "pinned": True, "type": "user"},
        {"content": "The staging database listens on port 5433."},
        *({"content": f"The {colour} wall of staging was painted."} for colour in ("red", "green", "blue", "black")),
    ]
    ids = [tenant.call("POST", "/v1/memories", project | body).json()["memory"]["id"] for body in bodies]
    settle_events()
    return ids[:2]


def packed(tenant: Tenant, task: str = TASK, **more: Any) -> dict[str, Any]:
    reply = tenant.call("POST", "/v1/context", {"project_id": str(tenant.project_id), "task": task, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


def read(tenant: Tenant, name: str) -> dict[str, Any]:
    reply = tenant.call("GET", f"/v1/context/{name}")
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_it_tells_what_was_handed_over_and_what_was_not_and_why(tenant: Tenant, memories: list[str]) -> None:
    pack = packed(tenant, budget=300)
    record = read(tenant, pack["id"])
    chosen = [one for one in record["choices"] if one["chosen"]]
    left = [one for one in record["choices"] if not one["chosen"]]

    assert (TASK, 300, pack["tokens"]) == (record["task"], record["budget"], record["tokens"])
    assert memories == [one["id"] for one in chosen] == [item["id"] for item in pack["items"]]
    assert [item["reason"] for item in pack["items"]] == [one["reason"] for one in chosen]
    assert pack["left_out"] == len(left) > 0
    assert all("is below 0.10" in one["reason"] for one in left)
    assert "The staging database listens on port 5433." == chosen[1]["line"]
    assert chosen[1]["terms"]["lexical"] > 0
    assert pack["degraded"] == record["degraded"]


def test_it_is_found_by_its_id_by_what_its_text_names_and_as_the_last(tenant: Tenant, memories: list[str]) -> None:
    first, last = packed(tenant), packed(tenant, task="What colour is the wall of staging?")

    assert f'pack="{first["id"][-12:]}"' in first["text"]
    assert read(tenant, first["id"]) == read(tenant, first["id"][-12:])
    assert read(tenant, "last")["id"] == last["id"] != first["id"]
    assert read(tenant, f"last?project_id={tenant.project_id}")["id"] == last["id"]
    assert 404 == tenant.call("GET", f"/v1/context/last?project_id={UNKNOWN}").status_code
    assert len(memories) == 2


def test_a_pack_is_its_readers_own(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
    memories: list[str],
) -> None:
    pack = packed(tenant)
    absent = tenant.call("GET", f"/v1/context/{UNKNOWN}")

    assert 404 == absent.status_code
    for who in (other_tenant, second_project(tenant), colleague(tenant)):
        for name in (pack["id"], pack["id"][-12:], "last"):
            assert same_but_for_the_request(absent, who.call("GET", f"/v1/context/{name}"))
    assert len(memories) == 2


@pytest.mark.parametrize("name", ["first", "LAST", "1", "0" * 13, "0190ffff-ffff", "last%0A", "%F0%9F%92%A9"])
def test_what_names_no_pack_is_refused(name: str, tenant: Tenant) -> None:
    assert tenant.call("GET", f"/v1/context/{name}").status_code in {400, 404, 422}


def test_no_text_of_a_memory_and_no_secret_of_a_task_is_kept(tenant: Tenant, memories: list[str], rows: Rows) -> None:
    secret = "ghp_9fKq2LmX7vTzR4wYbN8cJdHs3gPaE61uVtQk"
    pack = packed(tenant, task=f"{TASK} {secret}")
    tenant.call("DELETE", f"/v1/memories/{memories[1]}")
    [row] = rows.of("packs", tenant)

    assert "[redacted:" in read(tenant, pack["id"])["task"]
    assert not any(word in str(row["record"]) for word in (secret, "5433", "English"))
    assert {memories[1]: None} == {
        one["id"]: one["line"] for one in read(tenant, pack["id"])["choices"] if one["id"] == memories[1]
    }


def test_it_is_noted_once_a_day_which_memories_were_handed_over(
    tenant: Tenant, memories: list[str], rows: Rows
) -> None:
    for _ in range(2):
        packed(tenant)
    noted = rows.of("recalls", tenant)

    assert {*memories} == {str(row["memory_id"]) for row in noted}
    assert (2, True) == (len(noted), all(isinstance(row["day"], date) for row in noted))


def test_an_empty_pack_can_be_asked_about_too(tenant: Tenant) -> None:
    record = read(tenant, packed(tenant)["id"])

    assert ([], 0) == (record["choices"], record["tokens"])
