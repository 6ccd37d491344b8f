"""A decision is a revision: the memory that goes is retired, and undo gives it back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.reviews.test_list import NEW, OLD, remember, reviews


@pytest.fixture
def asked(tenant: Tenant, sweep_and_settle: Callable[[], None]) -> dict[str, Any]:
    remember(tenant, OLD)
    remember(tenant, NEW, author_kind="assistant")
    sweep_and_settle()
    [one] = reviews(tenant)
    return one


def decide(tenant: Tenant, review_id: str, decision: str) -> Any:
    return tenant.call("POST", f"/v1/reviews/{review_id}", {"decision": decision})


def ends(tenant: Tenant, asked: dict[str, Any]) -> list[bool]:
    """Tell whether the memory and the other one are valid no longer."""
    both = (asked["memory"]["id"], asked["other"]["id"])
    return [tenant.call("GET", f"/v1/memories/{one}").json()["valid_to"] is not None for one in both]


@pytest.mark.parametrize(
    ("decision", "ended"),
    [("accept", [True, False]), ("reject", [False, True]), ("keep_both", [False, False])],
)
def test_it_does_what_was_decided_and_the_queue_is_empty(
    tenant: Tenant,
    asked: dict[str, Any],
    sweep_and_settle: Callable[[], None],
    rows: Rows,
    decision: str,
    ended: list[bool],
) -> None:
    reply = decide(tenant, asked["id"], decision)
    sweep_and_settle()

    assert (reply.status_code, len(reply.json()["changed"])) == (200, 1), reply.text
    assert (ends(tenant, asked), reviews(tenant)) == (ended, [])
    assert [row["details"]["decision"] for row in rows.audited(tenant, "review.decided")] == [decision]


def test_a_merged_memory_gives_its_proofs_and_undo_gives_back_what_was(
    tenant: Tenant, sweep_and_settle: Callable[[], None], rows: Rows
) -> None:
    first = remember(tenant, "We like npm best.", provenance=[{"source": "one"}])
    second = remember(tenant, "we like npm the best", provenance=[{"source": "two"}])
    sweep_and_settle()
    before = states(rows, tenant)
    decide(tenant, reviews(tenant)[0]["id"], "accept")
    merged = tenant.call("GET", f"/v1/memories/{first}").json()
    gone = tenant.call("GET", f"/v1/memories/{second}").status_code
    [settled] = reviews(tenant, "?state=settled")
    undone = decide(tenant, settled["id"], "undo")
    sweep_and_settle()

    assert [one["source"] for one in merged["provenance"]] == ["one", "two"]
    assert (gone, settled["memory"]["id"], undone.status_code) == (404, second, 200)
    assert states(rows, tenant) == before
    assert (reviews(tenant), reviews(tenant, "?state=settled")) == ([], [])


def states(rows: Rows, tenant: Tenant) -> list[tuple[Any, ...]]:
    shown = ("id", "content", "metadata", "provenance", "deleted", "valid_from", "valid_to", "tags")
    return sorted(tuple(str(row[name]) for name in shown) for row in rows.of("memories", tenant))


def test_one_of_two_who_decide_at_once_is_told_that_it_is_done(tenant: Tenant, asked: dict[str, Any]) -> None:
    with ThreadPoolExecutor(2) as pool:
        replies = [pool.submit(decide, tenant, asked["id"], one) for one in ("accept", "reject")]

    assert sorted(reply.result().status_code for reply in replies) == [200, 404]
    assert sum(ends(tenant, asked)) == 1


def test_a_review_of_a_memory_that_was_deleted_meanwhile_decides_nothing(tenant: Tenant, asked: dict[str, Any]) -> None:
    tenant.call("DELETE", f"/v1/memories/{asked['other']['id']}")
    reply = decide(tenant, asked["id"], "accept")

    assert (reply.status_code, "deleted" in told(reply)["detail"]) == (404, True)


def test_another_organization_cannot_decide_or_undo_it(
    tenant: Tenant, other_tenant: Tenant, asked: dict[str, Any]
) -> None:
    assert decide(other_tenant, asked["id"], "accept").status_code == 404
    decide(tenant, asked["id"], "accept")
    assert decide(other_tenant, asked["id"], "undo").status_code == 404
    assert ends(tenant, asked) == [True, False]


def test_a_colleague_cannot_decide_what_is_private(
    tenant: Tenant, colleague: Callable[[Tenant], Tenant], sweep_and_settle: Callable[[], None]
) -> None:
    theirs = colleague(tenant)
    remember(tenant, OLD)
    remember(theirs, NEW, visibility="private")
    sweep_and_settle()
    [one] = reviews(theirs)

    assert decide(tenant, one["id"], "accept").status_code == 404
    assert decide(theirs, one["id"], "accept").status_code == 200


@pytest.mark.parametrize("body", [{}, {"decision": "maybe"}, {"decision": "accept", "why": "so"}, []])
def test_a_decision_that_is_none_is_refused(tenant: Tenant, asked: dict[str, Any], body: Any) -> None:
    reply = tenant.call("POST", f"/v1/reviews/{asked['id']}", body)

    assert reply.status_code in {400, 422}
    assert len(reviews(tenant)) == 1
