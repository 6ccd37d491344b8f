"""POST /v1/query."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.conftest import Rows


@pytest.fixture
def memories(tenant: Tenant) -> dict[str, str]:
    """Give memories by what they say."""
    bodies = {
        "uv": {"metadata": {"build": {"tool": "uv", "jobs": 4}, "labels": ["a", "b"]}},
        "make": {"metadata": {"build": {"tool": "make"}}, "type": "decision", "tags": ["x"]},
    }
    project = {"project_id": str(tenant.project_id)}
    return {
        name: tenant.call("POST", "/v1/memories", project | body | {"content": name}).json()["memory"]["id"]
        for name, body in bodies.items()
    }


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        ({}, ["make", "uv"]),
        ({"metadata": {"build.tool": "uv"}}, ["uv"]),
        ({"metadata": {"build.tool": "uv", "build.jobs": 4}}, ["uv"]),
        ({"metadata": {"build.jobs": 4.0}}, ["uv"]),
        ({"metadata": {"build.jobs": "4"}}, []),
        ({"metadata": {"labels": ["b"]}}, ["uv"]),
        ({"metadata": {"build": {}}}, ["make", "uv"]),
        ({"metadata": {"nothing": None}}, []),
        ({"type": "decision", "tags": ["x"]}, ["make"]),
        ({"limit": 1}, ["make"]),
        ({"limit": 1.0}, ["make"]),
        ({"conflicted": True}, []),
    ],
)
def test_every_condition_has_to_hold(
    conditions: Any, names: list[str], tenant: Tenant, memories: dict[str, str]
) -> None:
    reply = tenant.call("POST", "/v1/query", conditions)

    assert [item["id"] for item in reply.json()["items"]] == [memories[name] for name in names]


def test_it_is_counted_and_pages_lead_on(tenant: Tenant, memories: dict[str, str], rows: Rows) -> None:
    first = tenant.call("POST", "/v1/query", {"limit": 1}).json()
    second = tenant.call("POST", "/v1/query", {"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [item["id"] for item in first["items"] + second["items"]] == [memories["make"], memories["uv"]]
    assert second["next_cursor"] is None
    assert rows.used(tenant, "searches") == [1, 1]


@pytest.mark.parametrize("metadata", [{"a": 1, "a.b": 2}, {"a.b": 1, "a": 2}, {"a.b": 1, "a.b.c": 2}])
def test_paths_that_contradict_each_other_are_refused(metadata: Any, tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/query", {"metadata": metadata})

    assert reply.status_code == 422
    assert reply.json()["where"] == "$.metadata"


FOUND: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["walls", "first"]),
    ({"type": "fact"}, ["walls", "first"]),
    ({"metadata": {"build.tool": "make"}}, ["first"]),
    ({"metadata": {"build.tool": "uv"}}, []),
    ({"metadata": {"labels": ["b"]}}, ["first"]),
    ({"metadata": {"labels": "b"}}, []),
    ({"metadata": {"build.jobs": 4.0}}, ["first"]),
    ({"metadata": {"build.jobs": True}}, []),
    ({"tags": ["old"], "sensitivity": ["internal"]}, ["first"]),
    ({"sensitivity": ["restricted"]}, []),
    ({"visibility": ["private"]}, []),
    ({"until": "2000-01-01T00:00:00Z"}, []),
    ({"conflicted": True}, []),
]


@dataclass(frozen=True)
class Story:
    """A memory that said `first` at a time, and one that was deleted after it."""

    then: str
    ids: dict[str, str]


@pytest.fixture
def story(tenant: Tenant) -> Story:
    """Give a memory that changed in all that a query asks for, and one on walls that went."""
    body = {"project_id": str(tenant.project_id), "content": "first", "tags": ["old"], "sensitivity": "internal"}
    metadata = {"build": {"tool": "make", "jobs": 4}, "labels": ["a", "b"]}
    first = tenant.call("POST", "/v1/memories", body | {"metadata": metadata}).json()["memory"]
    walls = tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "walls"})
    change = {"content": "second", "tags": ["new"], "sensitivity": "restricted", "visibility": "private"}
    path = f"/v1/memories/{first['id']}"
    tenant.call("PATCH", path, change | {"type": "decision", "metadata": {"build": {"tool": "uv"}}})
    tenant.call("DELETE", f"/v1/memories/{walls.json()['memory']['id']}")
    tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "later"})
    return Story(walls.json()["memory"]["updated_at"], {"first": first["id"], "walls": walls.json()["memory"]["id"]})


def asked(tenant: Tenant, **conditions: Any) -> list[str]:
    reply = tenant.call("POST", "/v1/query", conditions)
    assert reply.status_code == 200, reply.text
    return [item["content"] for item in reply.json()["items"]]


@pytest.mark.parametrize(("conditions", "contents"), FOUND)
def test_in_the_past_every_condition_is_held_against_what_was(
    conditions: Any, contents: list[str], tenant: Tenant, story: Story
) -> None:
    assert contents == asked(tenant, as_of=story.then, **conditions)


def test_before_anything_was_known_there_is_nothing_and_a_time_to_come_is_now(tenant: Tenant, story: Story) -> None:
    assert [] == asked(tenant, as_of="2000-01-01T00:00:00Z")
    assert ["later", "second"] == asked(tenant, as_of="9999-12-30T00:00:00Z") == asked(tenant)


def test_the_pages_of_the_past_lead_on_and_are_of_no_other_list(tenant: Tenant, story: Story) -> None:
    first = tenant.call("POST", "/v1/query", {"limit": 1, "as_of": story.then}).json()
    second = tenant.call("POST", "/v1/query", {"limit": 1, "as_of": story.then, "cursor": first["next_cursor"]}).json()

    assert ["walls", "first"] == [item["content"] for item in first["items"] + second["items"]]
    assert None is second["next_cursor"]
    assert 400 == tenant.call("POST", "/v1/query", {"cursor": first["next_cursor"]}).status_code


def test_a_time_before_all_dates_is_refused_and_the_first_of_them_knows_nothing(tenant: Tenant, story: Story) -> None:
    reply = tenant.call("POST", "/v1/query", {"as_of": "0001-01-01T00:00:00+14:00"})

    assert [] == asked(tenant, as_of="0001-01-02T00:00:00Z")
    assert (422, "$.as_of") == (reply.status_code, reply.json()["where"])
    assert "between 0001-01-02 and 9999-12-30" in reply.json()["detail"]


@pytest.mark.parametrize("as_of", ["yesterday", "2026-05-01", "2026-05-01T09:30:00", 1, ""])
def test_a_time_that_is_none_is_refused(as_of: Any, tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/query", {"as_of": as_of})

    assert (422, "$.as_of") == (reply.status_code, reply.json()["where"])


def test_nobody_looks_back_at_what_is_not_theirs(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
    story: Story,
) -> None:
    for stranger in (other_tenant, second_project(tenant)):
        assert [] == asked(stranger, as_of=story.then)
    assert ["walls"] == asked(colleague(tenant), as_of=story.then)


def test_nothing_of_others_is_given(tenant: Tenant, other_tenant: Tenant, memories: dict[str, str]) -> None:
    asked = {"project_id": str(tenant.project_id)}

    assert other_tenant.call("POST", "/v1/query", asked).json()["items"] == []
