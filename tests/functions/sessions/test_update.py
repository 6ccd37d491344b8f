"""PATCH /v1/sessions/{session_id}."""

from tests.conftest import Tenant
from tests.functions.asking import Things, told
from tests.functions.conftest import Rows
from tests.functions.sessions.test_create import example


def test_what_is_named_changes_and_all_else_stays(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}"
    before = tenant.call("GET", path)

    reply = tenant.call("PATCH", path, {"title": "T", "tags": ["a"], "annotations": {"good": True}})
    changed = reply.json()["session"]

    assert reply.status_code == 200
    assert {"title": "T", "tags": ["a"], "annotations": {"good": True}}.items() <= changed.items()
    assert {name for name, value in changed.items() if value != before.json()[name]} == {
        *("title", "tags", "annotations", "updated_at")
    }
    assert reply.json()["receipt"]["stored"] == 1
    assert reply.headers["etag"] != before.headers["etag"]
    assert [str(audit["subject"]) for audit in rows.audited(tenant, "session.updated")] == [things.session_id]
    assert rows.events(tenant)[-1] == "session.updated"
    assert len(rows.of("sessions_history", tenant)) == 1


def test_what_cursor_tells_goes_on_in_its_form_after_its_metadata_changed(tenant: Tenant) -> None:
    kept = example(tenant, tool="cursor", external_id="c1", metadata={"agent": True})
    made = tenant.call("POST", "/v1/sessions", kept).json()["session"]
    path = f"/v1/sessions/{made['id']}"
    changed = tenant.call("PATCH", path, {"metadata": {"mine": 1}}).json()["session"]
    more = [{"role": "user", "content": "And now?", "external_id": "m9"}]

    reply = tenant.call("POST", "/v1/sessions", kept | {"messages": more})
    other = tenant.call("POST", "/v1/sessions", kept | {"messages": more, "metadata": {}})

    assert {"mine": 1, "agent": True} == changed["metadata"]
    assert (201, 1, 409) == (reply.status_code, reply.json()["receipt"]["stored"], other.status_code)


def test_null_clears(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}"
    tenant.call("PATCH", path, {"title": "T"})

    assert tenant.call("PATCH", path, {"title": None}).json()["session"]["title"] is None


def test_a_stale_version_changes_nothing(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}"
    stale = tenant.call("GET", path).headers["etag"]
    current = tenant.call("PATCH", path, {"title": "mine"}, if_match=stale).headers["etag"]
    before = rows.everything(tenant)

    reply = tenant.call("PATCH", path, {"title": "yours"}, if_match=stale)

    assert reply.status_code == 412
    assert current.strip('"') in told(reply)["detail"]
    assert before == rows.everything(tenant)
    assert len(rows.audited(tenant, "session.updated")) == 1
    assert tenant.call("PATCH", path, {"title": "ours"}, if_match=f"W/{current}").status_code == 412
    assert tenant.call("PATCH", path, {"title": "ours"}, if_match=f"{stale}, {current}").status_code == 200
    assert tenant.call("PATCH", path, {"title": "any"}, if_match="*").status_code == 200


def test_what_a_session_is_cannot_be_changed(tenant: Tenant, things: Things) -> None:
    for field in ("id", "org_id", "project_id", "status", "tool", "user_id", "created_by"):
        assert tenant.call("PATCH", f"/v1/sessions/{things.session_id}", {field: "x"}).status_code == 422
