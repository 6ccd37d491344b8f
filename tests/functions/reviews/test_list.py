"""What waits for a decision is seen by those who see all that it is about."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.sync.test_push import push, revision

OLD, NEW = "The staging port is 5433.", "The staging port is 6543."


@pytest.fixture
def consolidate(sweep_and_settle: Callable[[], None]) -> Callable[[], None]:
    return sweep_and_settle


def remember(tenant: Tenant, content: str, **fields: Any) -> str:
    body = {"project_id": str(tenant.project_id), "content": content, **fields}
    return tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]


def reviews(tenant: Tenant, query: str = "") -> list[dict[str, Any]]:
    return tenant.call("GET", f"/v1/reviews{query}").json()["items"]


def test_two_memories_that_people_wrote_wait_for_a_decision(tenant: Tenant, consolidate: Callable[[], None]) -> None:
    first = remember(tenant, "We like npm best.")
    second = remember(tenant, "we like npm the best")
    consolidate()
    [asked] = reviews(tenant)

    assert (asked["kind"], asked["state"], asked["memory"]["id"], asked["other"]["id"]) == (
        "duplicate",
        "open",
        second,
        first,
    )
    assert asked["memory"]["content"] == "we like npm the best"


def test_pages_of_the_queue_hold_each_review_once(tenant: Tenant, consolidate: Callable[[], None]) -> None:
    for word in ("npm", "make", "vim"):
        remember(tenant, f"We like {word} best.")
        remember(tenant, f"we like {word} the best")
    consolidate()
    seen: list[str] = []
    query = "?limit=2"
    while query:
        page = tenant.call("GET", f"/v1/reviews{query}").json()
        seen += [one["id"] for one in page["items"]]
        query = f"?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""

    assert (len(seen), len(set(seen))) == (3, 3)


def test_what_is_asked_no_more_is_withdrawn(tenant: Tenant, consolidate: Callable[[], None]) -> None:
    remember(tenant, "We like npm best.")
    second = remember(tenant, "we like npm the best")
    consolidate()
    tenant.call("PATCH", f"/v1/memories/{second}", {"content": "We like vim best."})
    consolidate()

    assert reviews(tenant) == []


def test_what_is_private_is_asked_of_its_owner_alone(
    tenant: Tenant, colleague: Callable[[Tenant], Tenant], consolidate: Callable[[], None]
) -> None:
    theirs = colleague(tenant)
    remember(tenant, OLD)
    remember(theirs, NEW, visibility="private")
    consolidate()

    assert ([one["kind"] for one in reviews(theirs)], reviews(tenant)) == (["contradiction"], [])


def test_another_organization_sees_nothing_of_it(
    tenant: Tenant, other_tenant: Tenant, consolidate: Callable[[], None]
) -> None:
    for one in (tenant, other_tenant):
        remember(one, "We like npm best.")
    remember(tenant, "we like npm the best")
    consolidate()

    assert (len(reviews(tenant)), reviews(other_tenant)) == (1, [])
    assert reviews(other_tenant, f"?project_id={tenant.project_id}") == []


def test_another_project_is_another_matter(
    tenant: Tenant, second_project: Callable[[Tenant], Tenant], consolidate: Callable[[], None]
) -> None:
    elsewhere = second_project(tenant)
    remember(tenant, "We like npm best.")
    remember(elsewhere, "we like npm the best")
    consolidate()

    assert (reviews(tenant), reviews(elsewhere)) == ([], [])


@pytest.mark.parametrize("query", ["?state=done", "?limit=0", "?cursor=!", "?project_id=x"])
def test_a_query_that_cannot_be_read_is_refused(tenant: Tenant, query: str) -> None:
    assert tenant.call("GET", f"/v1/reviews{query}").status_code in {400, 422}


def test_what_somebody_edited_as_it_was_retired_is_retired_no_more(tenant: Tenant) -> None:
    begun = revision()
    gone: dict[str, Any] = {"metadata": {"retired": {"as": "left_behind"}}, "deleted": True}
    push(tenant, begun, revision(memory_id=begun.memory_id, parents=(begun.id,), day=2, **gone))
    before = tenant.call("GET", "/v1/reviews?state=settled").json()["items"]
    push(tenant, revision("We use pg8000.", memory_id=begun.memory_id, parents=(begun.id,), day=3))

    assert ["left_behind"] == [one["kind"] for one in before]
    assert [] == tenant.call("GET", "/v1/reviews?state=settled").json()["items"]
    assert "We use pg8000." == tenant.call("GET", f"/v1/memories/{begun.memory_id}").json()["content"]
