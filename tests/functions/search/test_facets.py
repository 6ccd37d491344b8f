"""Facets of a search: how many of what was found have each type, tag, tool, …"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant

Settle = Callable[[], int]


def remember(tenant: Tenant, content: str, **more: Any) -> str:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    return tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]


def counted(values: list[dict[str, Any]]) -> dict[str, int]:
    return {one["value"]: one["count"] for one in values}


@pytest.mark.parametrize("path", ["/v1/search/hybrid", "/v1/search", "/v1/search/graph"])
def test_all_that_was_found_is_counted_not_only_what_is_shown(
    tenant: Tenant, other_tenant: Tenant, settle_events: Settle, path: str
) -> None:
    for number, kind in enumerate(["fact", "fact", "decision"]):
        remember(tenant, f"Deployment number {number}: {'abc'[number] * 9}.", type=kind, tags=["ops", f"t{number}"])
    remember(other_tenant, "Deployment of somebody else.", tags=["theirs"])
    settle_events()

    reply = tenant.call("POST", path, {"query": "deployment", "limit": 1, "facets": True}).json()
    facets = {name: {one["value"]: one["count"] for one in values} for name, values in reply["facets"].items()}

    assert 1 == len(reply["hits"])
    assert {"fact": 2, "decision": 1} == facets["type"]
    assert {"ops": 3, "t0": 1, "t1": 1, "t2": 1} == facets["tag"]
    assert ({str(tenant.project_id): 3}, {"memory": 3}) == (facets["project"], facets["source"])


@pytest.mark.parametrize("path", ["/v1/search/hybrid", "/v1/search", "/v1/search/graph"])
def test_it_is_counted_by_whom_it_is_seen_and_how_sensitive_it_is(
    tenant: Tenant, other_tenant: Tenant, settle_events: Settle, path: str
) -> None:
    for number, (visibility, sensitivity) in enumerate([("private", "restricted"), ("project", None)]):
        remember(tenant, f"Deployment {'ab'[number] * 9}.", visibility=visibility, sensitivity=sensitivity)
    remember(other_tenant, "Deployment of somebody else.", visibility="organization", sensitivity="public")
    said = {"role": "user", "content": "Is the deployment over?"}
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": [said], "visibility": "organization"}
    tenant.call("POST", "/v1/sessions", body)
    settle_events()

    facets = tenant.call("POST", path, {"query": "deployment", "facets": True}).json()["facets"]

    assert {"private": 1, "project": 1, "organization": 1} == counted(facets["visibility"])
    assert {"restricted": 1} == counted(facets["sensitivity"])


def test_in_the_past_it_is_counted_as_it_was(tenant: Tenant, settle_events: Settle) -> None:
    memory = remember(tenant, "Deployment on Thursday.", visibility="private", sensitivity="restricted")
    then = tenant.call("GET", f"/v1/memories/{memory}").json()["updated_at"]
    tenant.call("PATCH", f"/v1/memories/{memory}", {"visibility": "project", "sensitivity": "public"})
    settle_events()

    body = {"query": "deployment", "facets": True}
    now, back = (
        tenant.call("POST", "/v1/search/hybrid", body | more).json()["facets"] for more in ({}, {"as_of": then})
    )

    assert ({"project": 1}, {"public": 1}) == (counted(now["visibility"]), counted(now["sensitivity"]))
    assert ({"private": 1}, {"restricted": 1}) == (counted(back["visibility"]), counted(back["sensitivity"]))


def test_they_are_told_where_they_are_asked_for(tenant: Tenant, settle_events: Settle) -> None:
    remember(tenant, "Deployment on Thursday.")
    settle_events()

    assert tenant.call("POST", "/v1/search/hybrid", {"query": "deployment"}).json()["facets"] is None
    nothing = tenant.call("POST", "/v1/search/hybrid", {"query": "xylophone", "facets": True}).json()
    assert ([], {}) == (nothing["hits"], nothing["facets"])
