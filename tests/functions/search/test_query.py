"""POST /v1/query."""

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


def test_nothing_of_others_is_given(tenant: Tenant, other_tenant: Tenant, memories: dict[str, str]) -> None:
    asked = {"project_id": str(tenant.project_id)}

    assert other_tenant.call("POST", "/v1/query", asked).json()["items"] == []
