"""POST /v1/memories."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, body_of, by_name, same_but_for_the_request, told
from tests.functions.conftest import Rows

SECRET = "ghp_9fKq2LmX7vTzR4wYbN8cJdHs3gPaE61uVtQk"


def example(tenant: Tenant, **more: Any) -> Any:
    return body_of(by_name("memories.create"), tenant.project_id) | more


def test_a_memory_is_stored_before_the_reply(tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("POST", "/v1/memories", example(tenant), x_request_id="r1")
    memory, receipt = reply.json()["memory"], reply.json()["receipt"]
    read = tenant.call("GET", f"/v1/memories/{memory['id']}")
    (audit,) = rows.audited(tenant, "memory.created")

    assert reply.status_code == 201
    assert memory == read.json()
    assert reply.headers["etag"] == read.headers["etag"] == f'"{memory["version"]}"'
    assert (memory["author_id"], memory["author_kind"], memory["conflicted"]) == (str(tenant.user_id), "human", False)
    assert receipt == {
        "stored": 1,
        "stored_at": memory["created_at"],
        "duplicates": 0,
        "redacted": 0,
        "pending": ["searchable"],
        "refused": [],
    }
    assert (str(audit["subject"]), audit["request_id"], audit["project_id"]) == (memory["id"], "r1", tenant.project_id)
    assert rows.used(tenant, "memories.written") == [1]
    assert rows.events(tenant) == ["memory.created"]
    assert len(rows.of("revisions", tenant)) == 1


def test_it_can_be_found_once_its_event_was_taken(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    stored = tenant.call("POST", "/v1/memories", example(tenant)).json()["memory"]
    settle_events()

    hits = tenant.call("POST", "/v1/search/hybrid", {"query": "port of the staging database"}).json()["hits"]

    assert [hit["id"] for hit in hits] == [stored["id"]]


def test_the_same_text_in_the_same_project_is_one_memory(tenant: Tenant, rows: Rows) -> None:
    first = tenant.call("POST", "/v1/memories", example(tenant)).json()["memory"]

    again = tenant.call("POST", "/v1/memories", example(tenant, content="the STAGING database listens, on port 5433"))

    assert again.status_code == 201
    assert again.json()["memory"] == first
    assert (again.json()["receipt"]["stored"], again.json()["receipt"]["duplicates"]) == (0, 1)
    assert rows.events(tenant) == ["memory.created"]


@pytest.mark.parametrize("other", [{"type": "decision"}, {"visibility": "private"}, {"content": "Another text."}])
def test_what_differs_in_more_than_its_spelling_is_another_memory(other: dict[str, str], tenant: Tenant) -> None:
    first = tenant.call("POST", "/v1/memories", example(tenant)).json()["memory"]

    assert tenant.call("POST", "/v1/memories", example(tenant, **other)).json()["memory"]["id"] != first["id"]


@pytest.mark.parametrize("known", ["decision", "memory_procedural", "a_word_of_ours"])
def test_where_nobody_chose_the_type_the_known_memory_is_given_back(
    known: str, tenant: Tenant, other_tenant: Tenant, rows: Rows
) -> None:
    first = tenant.call("POST", "/v1/memories", example(tenant, type=known)).json()["memory"]
    tenant.call("POST", "/v1/memories", example(tenant, type="z", content="Another text."))
    untyped = {name: value for name, value in example(tenant).items() if name != "type"}

    again = tenant.call("POST", "/v1/memories", untyped).json()
    hidden = tenant.call("POST", "/v1/memories", untyped | {"visibility": "private"}).json()
    elsewhere = other_tenant.call("POST", "/v1/memories", untyped | {"project_id": str(other_tenant.project_id)}).json()

    assert (first, 0, 1) == (again["memory"], again["receipt"]["stored"], again["receipt"]["duplicates"])
    assert ["fact", "fact"] == [hidden["memory"]["type"], elsewhere["memory"]["type"]]
    assert 3 == len(rows.of("revisions", tenant))


def test_what_is_sent_before_the_same_is_known_is_stored_once(tenant: Tenant, rows: Rows) -> None:
    def stored(content: str) -> int:
        new = {"project_id": str(tenant.project_id), "content": content}
        reply = tenant.call("POST", "/v1/memories", new)
        last.append(reply.json()["memory"]["id"])
        return reply.json()["receipt"]["stored"]

    last: list[str] = []
    told = [stored(content) for content in ("a", "b", "c", "d", "d", "e", "d")]
    tenant.call("DELETE", f"/v1/memories/{last[-1]}")

    assert [*told, stored("d")] == [1, 1, 1, 1, 0, 1, 0, 1]
    kept = {row["id"] for row in rows.of("memories", tenant)}
    assert kept == {row["memory_id"] for row in rows.of("revisions", tenant)} == {*map(UUID, last)}


def test_both_spellings_of_a_type_are_one(tenant: Tenant) -> None:
    memory = tenant.call("POST", "/v1/memories", example(tenant, type="memory_fact")).json()["memory"]

    assert memory["type"] == "fact"


def test_an_id_may_be_brought_along_and_is_taken_once(tenant: Tenant, other_tenant: Tenant, rows: Rows) -> None:
    first = tenant.call("POST", "/v1/memories", example(tenant, id=UNKNOWN))
    second = tenant.call("POST", "/v1/memories", example(tenant, id=UNKNOWN, content="Another text."))
    theirs = other_tenant.call("POST", "/v1/memories", example(other_tenant, id=UNKNOWN))

    assert first.json()["memory"]["id"] == UNKNOWN
    assert second.status_code == 409
    assert told(second)["where"] == "$.id"
    assert theirs.status_code == 201
    assert len(rows.audited(tenant, "memory.created")) == len(rows.events(tenant)) == 1


def test_a_secret_is_replaced_before_anything_is_stored(tenant: Tenant, rows: Rows) -> None:
    said = f"TOKEN={SECRET}"

    reply = tenant.call("POST", "/v1/memories", example(tenant, content=said, title=said, metadata={"a": [said]}))

    assert reply.json()["receipt"]["redacted"] == 3
    assert SECRET not in reply.text + str(rows.everything(tenant))


def test_a_foreign_project_is_like_one_that_nobody_has(
    tenant: Tenant, other_tenant: Tenant, second_project: Callable[[Tenant], Tenant], rows: Rows
) -> None:
    unknown = tenant.call("POST", "/v1/memories", example(tenant, project_id=UNKNOWN))
    stranger = second_project(tenant)

    assert unknown.status_code == 404
    assert same_but_for_the_request(unknown, tenant.call("POST", "/v1/memories", example(other_tenant)))
    assert same_but_for_the_request(
        stranger.call("POST", "/v1/memories", example(tenant)),
        stranger.call("POST", "/v1/memories", example(tenant, project_id=UNKNOWN)),
    )
    assert rows.of("memories", tenant) == rows.of("memories", other_tenant) == []


def test_a_foreign_session_is_like_one_that_nobody_has(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
) -> None:
    def learned_from(caller: Tenant, session_id: str) -> Any:
        return caller.call("POST", "/v1/memories", example(caller, provenance=[{"session_id": session_id}]))

    def session_of(owner: Tenant, visibility: str) -> str:
        body = {"project_id": str(owner.project_id), "tool": "test", "visibility": visibility}
        return owner.call("POST", "/v1/sessions", body).json()["session"]["id"]

    stranger = second_project(tenant)
    unknown = learned_from(tenant, UNKNOWN)

    assert unknown.status_code == 404
    assert same_but_for_the_request(unknown, learned_from(tenant, session_of(other_tenant, "project")))
    assert same_but_for_the_request(unknown, learned_from(tenant, session_of(stranger, "project")))
    assert same_but_for_the_request(unknown, learned_from(stranger, session_of(tenant, "project")))
    assert same_but_for_the_request(unknown, learned_from(colleague(tenant), session_of(tenant, "private")))
    assert learned_from(tenant, session_of(tenant, "private")).status_code == 201
