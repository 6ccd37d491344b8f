"""GET /v1/sessions."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant


@pytest.fixture
def sessions(tenant: Tenant) -> list[Any]:
    """Give three sessions, oldest first."""
    made: list[Any] = []
    for day, tool, branch, tag in (
        (1, "claude-code", "main", "a"),
        (2, "codex", "main", "b"),
        (3, "codex", "fix", "b"),
    ):
        body = {
            "project_id": str(tenant.project_id),
            "tool": tool,
            "git": {"branch": branch},
            "tags": [tag],
            "started_at": f"2030-01-0{day}T00:00:00Z",
        }
        made.append(tenant.call("POST", "/v1/sessions", body).json()["session"])
    tenant.call("POST", f"/v1/sessions/{made[0]['id']}/complete")
    return [tenant.call("GET", f"/v1/sessions/{session['id']}").json() for session in made]


def listed(tenant: Tenant, query: str = "") -> list[Any]:
    return tenant.call("GET", f"/v1/sessions{query}").json()["items"]


def test_the_newest_comes_first(tenant: Tenant, sessions: list[Any]) -> None:
    assert listed(tenant) == sessions[::-1]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("tool=codex", [2, 1]),
        ("branch=main", [1, 0]),
        ("tag=b&branch=fix", [2]),
        ("status=completed", [0]),
        ("status=open", [2, 1]),
        ("since=2030-01-02T00:00:00Z", [2, 1]),
        ("since=2030-01-02T05:30:00%2B05:30", [2, 1]),
        ("tool=nothing", []),
        ("branch=", []),
    ],
)
def test_filters_narrow(query: str, places: list[int], tenant: Tenant, sessions: list[Any]) -> None:
    assert [session["id"] for session in listed(tenant, f"?{query}")] == [sessions[place]["id"] for place in places]


def test_pages_show_everything_once(tenant: Tenant, sessions: list[Any]) -> None:
    seen: list[Any] = []
    cursor = ""
    while True:
        page = tenant.call("GET", f"/v1/sessions?limit=1{cursor}").json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == sessions[::-1]


def test_a_private_session_is_shown_to_its_user_alone(tenant: Tenant, colleague: Callable[[Tenant], Tenant]) -> None:
    body = {"project_id": str(tenant.project_id), "tool": "test", "visibility": "private"}
    private = tenant.call("POST", "/v1/sessions", body).json()["session"]
    theirs = colleague(tenant)

    assert [session["id"] for session in listed(tenant)] == [private["id"]]
    assert listed(theirs) == []
    assert theirs.call("GET", f"/v1/sessions/{private['id']}/messages").status_code == 404


def test_sessions_of_others_are_not_shown(
    tenant: Tenant, other_tenant: Tenant, second_project: Callable[[Tenant], Tenant], sessions: list[Any]
) -> None:
    assert listed(other_tenant) == []
    assert listed(other_tenant, f"?project_id={tenant.project_id}") == []
    assert listed(second_project(tenant), f"?project_id={tenant.project_id}") == []
