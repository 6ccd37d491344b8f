"""What was known at a time: lists and searches look back, and find what was said then in the words of then."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import Tenant

LONG_AGO = "2000-01-01T00:00:00Z"
FAR = "9999-12-30T00:00:00Z"
PATHS = ("/v1/search", "/v1/search/hybrid")


@dataclass(frozen=True)
class Story:
    """A memory that was changed, and one that was deleted: their ids, and two times between."""

    changed: str
    deleted: str
    first: str
    second: str


@pytest.fixture
def story(tenant: Tenant, settle_events: Callable[[], int]) -> Story:
    """Give a story: gunicorn became hypercorn, and a note on walls went."""
    changed = made(tenant, content="We serve with gunicorn.", type="fact", tags=["old"])
    deleted = made(tenant, content="The walls are green.", type="episodic")
    body = {"content": "We serve with hypercorn.", "type": "decision", "tags": ["new"]}
    later = tenant.call("PATCH", f"/v1/memories/{changed['id']}", body).json()["memory"]
    tenant.call("DELETE", f"/v1/memories/{deleted['id']}")
    made(tenant, content="Pianos are served hot.")
    settle_events()
    return Story(changed["id"], deleted["id"], deleted["updated_at"], later["updated_at"])


def made(tenant: Tenant, **body: Any) -> dict[str, Any]:
    reply = tenant.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), **body})
    assert reply.status_code == 201, reply.text
    return reply.json()["memory"]


def listed(tenant: Tenant, as_of: str, more: str = "") -> list[str]:
    reply = tenant.call("GET", f"/v1/memories?as_of={quote(as_of)}{more}")
    assert reply.status_code == 200, reply.text
    return [one["content"] for one in reply.json()["items"]]


def searched(tenant: Tenant, query: str, as_of: str, path: str = PATHS[1], **more: Any) -> list[str]:
    reply = tenant.call("POST", path, {"query": query, "as_of": as_of, **more})
    assert reply.status_code == 200, reply.text
    return [hit["snippet"] for hit in reply.json()["hits"]]


def test_a_list_shows_what_was_there_as_it_was(tenant: Tenant, story: Story) -> None:
    assert ["The walls are green.", "We serve with gunicorn."] == listed(tenant, story.first)
    assert ["The walls are green.", "We serve with hypercorn."] == listed(tenant, story.second)
    assert [] == listed(tenant, LONG_AGO)
    assert ["Pianos are served hot.", "We serve with hypercorn."] == listed(tenant, FAR)


@pytest.mark.parametrize(
    ("filters", "content"),
    [
        ("&type=fact", ["We serve with gunicorn."]),
        ("&type=decision", []),
        ("&tag=old", ["We serve with gunicorn."]),
        ("&tag=new", []),
        ("&conflicted=true", []),
        (f"&since={quote(FAR)}", []),
        ("&author=0190ffff-ffff-7fff-bfff-ffffffffffff", []),
    ],
)
def test_the_filters_of_a_list_look_at_what_was(filters: str, content: list[str], tenant: Tenant, story: Story) -> None:
    assert content == listed(tenant, story.first, filters)


def test_the_pages_of_the_past_show_everything_once(tenant: Tenant, story: Story) -> None:
    path = f"/v1/memories?limit=1&as_of={quote(story.first)}"
    first = tenant.call("GET", path).json()
    second = tenant.call("GET", f"{path}&cursor={first['next_cursor']}").json()
    crossed = tenant.call("GET", f"/v1/memories?cursor={first['next_cursor']}")

    assert listed(tenant, story.first) == [one["content"] for one in first["items"] + second["items"]]
    assert None is second["next_cursor"]
    assert 400 == crossed.status_code


@pytest.mark.parametrize("path", PATHS)
def test_words_of_today_do_not_find_what_was_said_then_nor_the_other_way(
    path: str, tenant: Tenant, story: Story
) -> None:
    assert (["We serve with gunicorn."], []) == (
        searched(tenant, "gunicorn", story.first, path),
        searched(tenant, "hypercorn", story.first, path),
    )
    assert ([], ["We serve with hypercorn."]) == (
        searched(tenant, "gunicorn", story.second, path),
        searched(tenant, "hypercorn", story.second, path),
    )


def test_what_was_deleted_since_is_found_and_what_came_later_is_not(tenant: Tenant, story: Story) -> None:
    assert ["The walls are green."] == searched(tenant, "green walls", story.second)
    assert ([], ["Pianos are served hot."]) == (
        searched(tenant, "pianos", story.second),
        searched(tenant, "pianos", FAR),
    )


def test_operators_alone_list_what_was(tenant: Tenant, story: Story) -> None:
    assert ["We serve with gunicorn."] == searched(tenant, "type:fact", story.first)
    assert [] == searched(tenant, "type:fact", story.second)
    assert [] == searched(tenant, "tool:codex", story.first)


def test_the_reply_says_that_meanings_cannot_go_back(tenant: Tenant, story: Story) -> None:
    body = {"query": "gunicorn", "as_of": story.first}
    memories, messages = (
        tenant.call("POST", PATHS[1], body | {"sources": [source]}).json()["degraded"]
        for source in ("memory", "message")
    )

    assert "semantic: memories of the past are compared by their words alone" in memories
    assert "semantic: memories of the past are compared by their words alone" not in messages


def test_what_was_said_by_then_is_found_beside(tenant: Tenant, story: Story, settle_events: Callable[[], int]) -> None:
    said = [
        {"role": "user", "content": "I tried gunicorn.", "created_at": "2020-01-01T00:00:00Z"},
        {"role": "user", "content": "gunicorn again.", "created_at": "2020-01-03T00:00:00Z"},
    ]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": said}
    assert 201 == tenant.call("POST", "/v1/sessions", body).status_code
    settle_events()

    assert ["I tried gunicorn."] == searched(tenant, "gunicorn", "2020-01-02T00:00:00Z")
    assert {"I tried gunicorn.", "gunicorn again.", "We serve with gunicorn."} == {
        *searched(tenant, "gunicorn", story.first)
    }


def test_validity_is_that_of_then(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    memory = made(tenant, content="The cache is warm.")
    body = {"valid_to": memory["updated_at"]}
    closed = tenant.call("PATCH", f"/v1/memories/{memory['id']}", body).json()["memory"]
    settle_events()
    path = f"/v1/memories/{memory['id']}?as_of="
    then, after = (tenant.call("GET", path + quote(one["updated_at"])).json() for one in (memory, closed))

    assert (None, "ended") == (then["overtaken"], after["overtaken"]["how"])
    assert ["The cache is warm."] == searched(tenant, "cache", memory["updated_at"])
    assert [] == searched(tenant, "cache", closed["updated_at"])
    assert ["The cache is warm."] == searched(tenant, "cache", closed["updated_at"], superseded=True)


def test_nobody_looks_back_at_what_is_not_theirs(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
    story: Story,
) -> None:
    secret = made(tenant, content="A private unicorn.", visibility="private")
    path = f"/v1/memories/{secret['id']}"
    shared = tenant.call("PATCH", path, {"visibility": "project"}).json()["memory"]
    theirs, when = colleague(tenant), secret["updated_at"]

    for who in (other_tenant, second_project(tenant)):
        assert ([], []) == (listed(who, story.first), searched(who, "gunicorn", story.first))
        assert 404 == who.call("GET", f"/v1/memories/{story.changed}?as_of={quote(story.first)}").status_code
    assert ["A private unicorn."] == searched(tenant, "unicorn", when)
    assert ([], 404) == (
        searched(theirs, "unicorn", when),
        theirs.call("GET", f"{path}?as_of={quote(when)}").status_code,
    )
    assert ["A private unicorn."] == searched(theirs, "unicorn", shared["updated_at"])
