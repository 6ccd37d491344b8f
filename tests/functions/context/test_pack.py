"""POST /v1/context."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, same_but_for_the_request
from tests.functions.conftest import Rows
from tests.functions.sync.test_push import push, revision


@pytest.fixture
def memories(tenant: Tenant, settle_events: Callable[[], int]) -> list[str]:
    """Give a pinned memory and one that fits the task, among others that do not."""
    project = {"project_id": str(tenant.project_id)}
    bodies = [
        {"content": "Answer in English.", "pinned": True, "type": "user"},
        {"content": "The staging database listens on port 5433."},
    ]
    others = [
        {"content": f"The {colour} wall was painted last."} for colour in ("red", "green", "blue", "black", "white")
    ]
    ids = [tenant.call("POST", "/v1/memories", project | body).json()["memory"]["id"] for body in bodies + others]
    settle_events()
    return ids[:2]


def packed(tenant: Tenant, **more: Any) -> Any:
    body = {"project_id": str(tenant.project_id), "task": "Which port does the staging database listen on?", **more}
    return tenant.call("POST", "/v1/context", body)


def test_pinned_memories_come_first_then_what_the_task_needs(tenant: Tenant, memories: list[str], rows: Rows) -> None:
    reply = packed(tenant)
    pack = reply.json()
    (audit,) = rows.audited(tenant, "context.packed")

    assert reply.status_code == 200
    assert [item["id"] for item in pack["items"]] == memories
    assert "5433" in pack["text"]
    assert 0 < pack["tokens"] <= pack["budget"] == 2000
    assert {"items": 2, "tokens": pack["tokens"]}.items() <= audit["details"].items()
    assert rows.used(tenant, "contexts") == [1]


@pytest.mark.parametrize("budget", [50, 80, 120, 200])
def test_the_budget_holds(budget: int, tenant: Tenant, memories: list[str]) -> None:
    pack = packed(tenant, budget=budget).json()

    assert pack["tokens"] <= budget
    assert {item["id"] for item in pack["items"]} <= set(memories)


def test_a_foreign_project_is_like_one_that_nobody_has(
    tenant: Tenant, other_tenant: Tenant, second_project: Callable[[Tenant], Tenant], memories: list[str]
) -> None:
    unknown = packed(tenant, project_id=UNKNOWN)

    assert unknown.status_code == 404
    for caller in (other_tenant, second_project(tenant)):
        assert same_but_for_the_request(unknown, packed(caller, project_id=str(tenant.project_id)))


@pytest.mark.usefixtures("memories")
@pytest.mark.parametrize("pinned", [True, False])
def test_a_memory_in_conflict_says_so(tenant: Tenant, settle_events: Callable[[], int], *, pinned: bool) -> None:
    begun = revision("The database for tests listens on port 6000.", pinned=pinned)
    says = [
        revision(content, memory_id=begun.memory_id, parents=(begun.id,), pinned=pinned)
        for content in ("The database for tests listens on port 6001.", "The database for tests listens on port 6002.")
    ]
    push(tenant, begun, *says)
    settle_events()
    text = packed(tenant, task="Which port does the database for tests listen on?").json()["text"]

    assert f"(id {begun.memory_id.hex[-12:]}, in conflict: another text says otherwise)" in text
    assert 1 == text.count("in conflict")
