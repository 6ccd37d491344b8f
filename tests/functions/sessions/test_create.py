"""POST /v1/sessions."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, body_of, by_name, same_but_for_the_request
from tests.functions.conftest import Rows

SECRET = "ghp_9fKq2LmX7vTzR4wYbN8cJdHs3gPaE61uVtQk"


def example(tenant: Tenant, **more: Any) -> Any:
    return body_of(by_name("sessions.create"), tenant.project_id) | more


def test_a_session_is_stored_with_its_messages_before_the_reply(tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("POST", "/v1/sessions", example(tenant), x_request_id="r1")
    session, receipt = reply.json()["session"], reply.json()["receipt"]
    read = tenant.call("GET", f"/v1/sessions/{session['id']}")
    (audit,) = rows.audited(tenant, "session.created")

    assert reply.status_code == 201
    assert session == read.json()
    assert reply.headers["etag"] == read.headers["etag"]
    assert (session["status"], session["message_count"], session["user_id"]) == ("open", 2, str(tenant.user_id))
    assert session["title"] == "Why does the checkout time out?"
    assert receipt == {
        "stored": 3,
        "stored_at": session["created_at"],
        "duplicates": 0,
        "redacted": 0,
        "pending": ["searchable"],
        "refused": [],
    }
    assert (str(audit["subject"]), audit["request_id"], audit["project_id"]) == (session["id"], "r1", tenant.project_id)
    assert audit["details"] == {"messages": 2, "redacted": 0, "tool": "claude-code"}
    assert rows.used(tenant, "sessions.written") == [3]
    assert sorted(rows.events(tenant)) == ["session.appended", "session.created"]


def test_a_known_external_id_gives_its_session_back_and_stores_what_is_new(tenant: Tenant) -> None:
    first = tenant.call("POST", "/v1/sessions", example(tenant)).json()["session"]
    more = [*example(tenant)["messages"], {"role": "user", "content": "And now?", "external_id": "m9"}]

    reply = tenant.call("POST", "/v1/sessions", example(tenant, messages=more, title="Another title"))

    assert reply.json()["session"]["id"] == first["id"]
    assert reply.json()["session"]["title"] == first["title"]
    assert (reply.json()["receipt"]["stored"], reply.json()["receipt"]["duplicates"]) == (1, 2)
    assert reply.json()["session"]["message_count"] == 3


def test_what_cursor_tells_in_another_form_than_it_is_kept_in_is_a_conflict(tenant: Tenant, rows: Rows) -> None:
    kept = example(tenant, tool="cursor", external_id="c1", metadata={"agent": True})
    tenant.call("POST", "/v1/sessions", kept)
    before = len(rows.of("messages", tenant))

    reply = tenant.call("POST", "/v1/sessions", kept | {"metadata": {}})
    bare = tenant.call("POST", "/v1/sessions", kept | {"metadata": {}, "messages": []})

    assert (409, "conflict") == (reply.status_code, reply.json()["type"].rpartition(":")[2])
    assert "nothing of this one is stored" in reply.json()["detail"]
    assert (before, 201) == (len(rows.of("messages", tenant)), bare.status_code)


def test_without_an_external_id_each_call_makes_a_session(tenant: Tenant) -> None:
    ids = [tenant.call("POST", "/v1/sessions", example(tenant, external_id=None)).json()["session"]["id"] for _ in "ab"]

    assert len(set(ids)) == 2


def test_an_id_of_ones_own_is_taken_once(tenant: Tenant) -> None:
    mine = "01a22110-0000-7000-8000-000000000001"
    first = tenant.call("POST", "/v1/sessions", example(tenant, id=mine))
    again = tenant.call("POST", "/v1/sessions", example(tenant, id=mine))
    other = tenant.call("POST", "/v1/sessions", example(tenant, id=mine, external_id="another"))

    assert (first.status_code, first.json()["session"]["id"], again.json()["session"]["id"]) == (201, mine, mine)
    assert other.status_code == 409
    assert "exists already" in other.json()["detail"]


def test_a_secret_is_replaced_before_anything_is_stored(tenant: Tenant, rows: Rows) -> None:
    said = f"export TOKEN={SECRET}"
    body = example(tenant, title=said, metadata={"note": said}, messages=[{"role": "user", "content": said}])

    reply = tenant.call("POST", "/v1/sessions", body)

    assert reply.json()["receipt"]["redacted"] == 3
    assert "[redacted:" in reply.json()["session"]["title"]
    assert SECRET not in str(rows.everything(tenant))


def test_moments_come_back_in_utc(tenant: Tenant) -> None:
    reply = tenant.call("POST", "/v1/sessions", example(tenant, started_at="2030-01-31T23:00:00-17:30"))

    assert reply.json()["session"]["started_at"] == "2030-02-01T16:30:00Z"


def test_a_foreign_project_is_like_one_that_nobody_has(
    tenant: Tenant, other_tenant: Tenant, second_project: Callable[[Tenant], Tenant], rows: Rows
) -> None:
    unknown = tenant.call("POST", "/v1/sessions", example(tenant, project_id=UNKNOWN))
    foreign = tenant.call("POST", "/v1/sessions", example(other_tenant))
    stranger = second_project(tenant)

    assert unknown.status_code == 404
    assert same_but_for_the_request(unknown, foreign)
    assert same_but_for_the_request(
        stranger.call("POST", "/v1/sessions", example(tenant)),
        stranger.call("POST", "/v1/sessions", example(tenant, project_id=UNKNOWN)),
    )
    assert rows.of("sessions", tenant) == rows.of("sessions", other_tenant) == []
    assert rows.audited(tenant, "session.created") == []


def test_more_than_a_thousand_messages_are_too_many_for_one_call(tenant: Tenant, rows: Rows) -> None:
    messages = [{"role": "user", "content": "x"}] * 1001

    reply = tenant.call("POST", "/v1/sessions", example(tenant, messages=messages))

    assert reply.status_code == 422
    assert reply.json()["where"] == "$.messages"
    assert rows.of("sessions", tenant) == []


@pytest.mark.parametrize(
    ("prompts", "title"),
    [
        (["<current_datetime>now</current_datetime>\n\nHow?\nMore."], "How?"),
        (["<a-b>1</a-b> <c_d at='x'>2\n3</c_d>Why?"], "Why?"),
        (["<current_datetime>now</current_datetime>", "And then?"], "And then?"),
        (["<current_datetime>now</current_datetime>"], None),
        (["<b>bold</b> words"], "<b>bold</b> words"),
        (["<user-id> is missing in the form"], "<user-id> is missing in the form"),
        (["Fix </a-b> here"], "Fix </a-b> here"),
    ],
)
def test_a_title_is_what_somebody_said(prompts: list[str], title: str | None, tenant: Tenant) -> None:
    messages = [{"role": "user", "content": prompt} for prompt in prompts]

    made = tenant.call(
        "POST", "/v1/sessions", {"project_id": str(tenant.project_id), "tool": "t", "messages": messages}
    ).json()

    assert made["session"].get("title") == title
