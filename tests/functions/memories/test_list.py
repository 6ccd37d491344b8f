"""GET /v1/memories."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant


@pytest.fixture
def memories(tenant: Tenant) -> list[Any]:
    """Give three memories, oldest first."""
    bodies = [
        {"content": "One.", "type": "fact", "tags": ["a"]},
        {"content": "Two.", "type": "decision", "tags": ["a", "b"]},
        {"content": "Three.", "type": "own_word"},
    ]
    project = {"project_id": str(tenant.project_id)}
    return [tenant.call("POST", "/v1/memories", project | body).json()["memory"] for body in bodies]


def listed(tenant: Tenant, query: str = "") -> list[Any]:
    return tenant.call("GET", f"/v1/memories{query}").json()["items"]


def test_the_newest_comes_first(tenant: Tenant, memories: list[Any]) -> None:
    assert listed(tenant) == memories[::-1]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("type=fact", [0]),
        ("type=memory_decision", [1]),
        ("type=own_word", [2]),
        ("tag=a", [1, 0]),
        ("tag=a&tag=b", [1]),
        ("conflicted=false", [2, 1, 0]),
        ("conflicted=true", []),
        ("until=2000-01-01T00:00:00Z", []),
        ("since=2000-01-01T00:00:00Z&limit=1", [2]),
        ("author=0190ffff-ffff-7fff-bfff-ffffffffffff", []),
        ("session_id=0190ffff-ffff-7fff-bfff-ffffffffffff", []),
    ],
)
def test_filters_narrow(query: str, places: list[int], tenant: Tenant, memories: list[Any]) -> None:
    assert [memory["id"] for memory in listed(tenant, f"?{query}")] == [memories[place]["id"] for place in places]


def test_what_was_deleted_is_listed_by_itself(tenant: Tenant, other_tenant: Tenant, memories: list[Any]) -> None:
    tenant.call("DELETE", f"/v1/memories/{memories[1]['id']}")

    assert [one["id"] for one in listed(tenant)] == [memories[2]["id"], memories[0]["id"]]
    assert [one["id"] for one in listed(tenant, "?deleted=true")] == [memories[1]["id"]]
    assert listed(tenant, "?deleted=true&type=fact") == listed(other_tenant, "?deleted=true") == []


def test_what_was_known_at_a_time_had_not_been_deleted(tenant: Tenant, memories: list[Any]) -> None:
    then = memories[2]["created_at"]
    tenant.call("DELETE", f"/v1/memories/{memories[1]['id']}")

    assert listed(tenant, f"?deleted=true&as_of={then.replace('+', '%2B')}") == []


def test_the_author_and_the_session_can_be_asked_for(tenant: Tenant, memories: list[Any]) -> None:
    project = str(tenant.project_id)
    session = tenant.call("POST", "/v1/sessions", {"project_id": project, "tool": "test"}).json()["session"]
    body = {"project_id": project, "content": "Learned.", "provenance": [{"session_id": session["id"]}]}
    learned = tenant.call("POST", "/v1/memories", body).json()["memory"]

    assert listed(tenant, f"?session_id={session['id']}") == [learned]
    assert len(listed(tenant, f"?author={tenant.user_id}&project_id={project}")) == 4


def test_pages_show_everything_once(tenant: Tenant, memories: list[Any]) -> None:
    first = tenant.call("GET", "/v1/memories?limit=2").json()
    second = tenant.call("GET", f"/v1/memories?limit=2&cursor={first['next_cursor']}").json()

    assert first["items"] + second["items"] == memories[::-1]
    assert second["next_cursor"] is None


def test_a_deleted_memory_is_not_listed(tenant: Tenant, memories: list[Any]) -> None:
    tenant.call("DELETE", f"/v1/memories/{memories[0]['id']}")

    assert listed(tenant) == [memories[2], memories[1]]


def test_memories_of_others_are_not_shown(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
    memories: list[Any],
) -> None:
    tenant.call("PATCH", f"/v1/memories/{memories[0]['id']}", {"visibility": "private"})

    assert listed(other_tenant, f"?project_id={tenant.project_id}") == []
    assert listed(second_project(tenant), f"?project_id={tenant.project_id}") == []
    assert listed(colleague(tenant)) == [memories[2], memories[1]]
