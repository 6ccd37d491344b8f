"""POST /v1/context with `as_of`: what was known at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import Tenant

TASK = "Which port does the staging database listen on?"
BY_WORDS = "semantic: memories of the past are compared by their words alone"


@dataclass(frozen=True)
class Story:
    """A time, and the ids of what was known then: one memory changed since, one was deleted, one is not pinned now."""

    then: str
    changed: str
    deleted: str
    unpinned: str


@pytest.fixture
def story(tenant: Tenant, settle_events: Callable[[], int]) -> Story:
    """Give a story of a port that moved, a note that went, and a rule that is no longer pinned."""
    for colour in ("red", "green", "blue", "black", "white"):
        made(tenant, f"The {colour} wall was painted last.")
    changed = made(tenant, "The staging database listens on port 5433.")
    deleted = made(tenant, "The staging database listens on a port behind a tunnel.")
    unpinned = made(tenant, "Always run the linter.", pinned=True)
    change(tenant, changed, content="The staging database listens on port 6000.", pinned=True)
    tenant.call("DELETE", f"/v1/memories/{deleted['id']}")
    change(tenant, unpinned, pinned=False, content="Sometimes run the linter.")
    made(tenant, "The staging database listens to jazz.", pinned=True)
    settle_events()
    return Story(unpinned["updated_at"], changed["id"], deleted["id"], unpinned["id"])


def made(tenant: Tenant, content: str, **more: Any) -> dict[str, Any]:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    reply = tenant.call("POST", "/v1/memories", body)
    assert reply.status_code == 201, reply.text
    return reply.json()["memory"]


def change(tenant: Tenant, memory: dict[str, Any], **fields: Any) -> dict[str, Any]:
    reply = tenant.call("PATCH", f"/v1/memories/{memory['id']}", fields)
    assert reply.status_code == 200, reply.text
    return reply.json()["memory"]


def packed(tenant: Tenant, as_of: Any = None, **more: Any) -> dict[str, Any]:
    body = {"project_id": str(tenant.project_id), "task": TASK, "as_of": as_of, **more}
    reply = tenant.call("POST", "/v1/context", body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_it_holds_what_was_known_as_it_was_and_what_was_pinned_goes_first(tenant: Tenant, story: Story) -> None:
    pack = packed(tenant, story.then)
    ids = [item["id"] for item in pack["items"]]

    assert (story.unpinned, {story.changed, story.deleted}) == (ids[0], {*ids[1:]})
    assert "pinned" == pack["items"][0]["reason"]
    assert all(text in pack["text"] for text in ("Always run the linter.", "port 5433", "behind a tunnel"))
    assert not any(text in pack["text"] for text in ("6000", "jazz", "Sometimes"))


def test_it_says_that_words_alone_were_compared_and_to_which_time_it_looks_back(tenant: Tenant, story: Story) -> None:
    pack = packed(tenant, story.then)
    record = tenant.call("GET", f"/v1/context/{pack['id']}").json()

    assert BY_WORDS in pack["degraded"]
    assert f' as-of="{story.then[:19]}Z" ' in pack["text"].splitlines()[0]
    assert (pack["degraded"], story.then) == (record["degraded"], record["as_of"])
    assert {item["id"] for item in pack["items"]} == {one["id"] for one in record["choices"] if one["chosen"]}


def test_a_time_that_has_not_come_is_now(tenant: Tenant, story: Story) -> None:
    pack, now = packed(tenant, "9999-12-30T00:00:00Z"), packed(tenant)

    assert [item["id"] for item in pack["items"]] == [item["id"] for item in now["items"]]
    assert "as-of=" not in pack["text"]
    assert "jazz" in pack["text"]
    assert BY_WORDS not in pack["degraded"]


def test_before_anything_was_known_it_is_empty(tenant: Tenant, story: Story) -> None:
    pack = packed(tenant, "2000-01-01T00:00:00Z")

    assert ("", []) == (pack["text"], pack["items"])


def test_what_held_no_longer_then_is_left_out_unless_it_is_asked_for(tenant: Tenant) -> None:
    memory = made(tenant, "The staging database listens on port 1.", pinned=True)
    closed = change(tenant, memory, valid_to=memory["updated_at"])
    change(tenant, memory, valid_to=None)
    asked = [
        packed(tenant, at, superseded=superseded)
        for at, superseded in (
            (memory["updated_at"], False),
            (closed["updated_at"], False),
            (closed["updated_at"], True),
        )
    ]

    assert [1, 0, 1] == [len(one["items"]) for one in asked]
    assert "ended" == asked[2]["items"][0]["overtaken"]["how"]
    assert 1 == len(packed(tenant)["items"])


def test_of_what_was_said_it_holds_what_was_said_by_then(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    text = "The staging database listens on port {}."
    said = [{"role": "user", "content": text.format(day), "created_at": f"2020-01-0{day}T00:00:00Z"} for day in (1, 3)]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": said}
    assert 201 == tenant.call("POST", "/v1/sessions", body).status_code
    settle_events()
    text = packed(tenant, "2020-01-02T00:00:00Z")["text"]

    assert ("port 1" in text, "port 3" in text) == (True, False)


@pytest.mark.parametrize("budget", [50, 80, 120])
def test_the_budget_holds(budget: int, tenant: Tenant, story: Story) -> None:
    assert packed(tenant, story.then, budget=budget)["tokens"] <= budget


def test_a_time_before_all_dates_is_refused_and_the_first_of_them_knows_nothing(tenant: Tenant, story: Story) -> None:
    reply = tenant.call(
        "POST",
        "/v1/context",
        {"project_id": str(tenant.project_id), "task": TASK, "as_of": "0001-01-01T00:00:00+14:00"},
    )

    assert [] == packed(tenant, "0001-01-02T00:00:00Z")["items"]
    assert 422 == reply.status_code


@pytest.mark.parametrize("as_of", ["yesterday", "2026-05-01T09:30:00", 1, ""])
def test_a_time_that_is_none_is_refused(as_of: Any, tenant: Tenant) -> None:
    body = {"project_id": str(tenant.project_id), "task": TASK, "as_of": as_of}
    reply = tenant.call("POST", "/v1/context", body)

    assert (422, "$.as_of") == (reply.status_code, reply.json()["where"])


def test_nobody_is_handed_what_is_not_theirs(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    colleague: Callable[[Tenant], Tenant],
    story: Story,
) -> None:
    secret = made(tenant, "The staging database listens to me.", visibility="private", pinned=True)
    shared = change(tenant, secret, visibility="project")
    mine, theirs = packed(tenant, secret["updated_at"]), packed(colleague(tenant), secret["updated_at"])
    body = {"project_id": str(tenant.project_id), "task": TASK, "as_of": story.then}

    assert secret["id"] in {item["id"] for item in mine["items"]}
    assert secret["id"] not in {item["id"] for item in theirs["items"]}
    assert secret["id"] in {item["id"] for item in packed(colleague(tenant), shared["updated_at"])["items"]}
    for stranger in (other_tenant, second_project(tenant)):
        assert 404 == stranger.call("POST", "/v1/context", body).status_code
