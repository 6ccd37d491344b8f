"""PATCH /v1/memories/{memory_id}."""

from typing import Any

from tests.conftest import Tenant
from tests.functions.asking import Things, told
from tests.functions.conftest import Rows


def test_what_is_named_changes_by_a_revision(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/memories/{things.memory_id}"
    before = tenant.call("GET", path)

    reply = tenant.call("PATCH", path, {"content": "Known better.", "tags": ["b", "a", "b"]}, x_request_id="r1")
    changed = reply.json()["memory"]
    (audit,) = rows.audited(tenant, "memory.updated")

    assert reply.status_code == 200
    assert changed == tenant.call("GET", path).json()
    assert (changed["content"], changed["tags"]) == ("Known better.", ["a", "b"])
    assert {name for name, value in changed.items() if value != before.json()[name]} == {
        *("content", "tags", "updated_at", "version")
    }
    assert (reply.json()["receipt"]["stored"], reply.json()["receipt"]["pending"]) == (1, ["searchable"])
    assert reply.headers["etag"] == f'"{changed["version"]}"' != before.headers["etag"]
    assert (str(audit["subject"]), audit["request_id"]) == (things.memory_id, "r1")
    assert rows.events(tenant)[-1] == "memory.updated"
    assert rows.used(tenant, "memories.written") == [1, 1]
    assert len(rows.of("revisions", tenant)) == 2


def test_what_says_the_same_makes_no_revision(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/memories/{things.memory_id}"
    events = rows.events(tenant)

    bodies: tuple[Any, ...] = ({}, {"content": "Known."}, {"tags": []})
    for body in bodies:
        reply = tenant.call("PATCH", path, body)

        assert (reply.json()["receipt"]["stored"], reply.json()["receipt"]["duplicates"]) == (0, 1)
    assert len(rows.of("revisions", tenant)) == 1
    assert rows.events(tenant) == events


def test_a_stale_version_changes_nothing(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/memories/{things.memory_id}"
    stale = tenant.call("GET", path).headers["etag"]
    current = tenant.call("PATCH", path, {"content": "Mine."}, if_match=stale).headers["etag"]
    before = rows.everything(tenant)

    reply = tenant.call("PATCH", path, {"content": "Yours."}, if_match=stale)

    assert reply.status_code == 412
    assert current.strip('"') in told(reply)["detail"]
    assert before == rows.everything(tenant)


def test_null_clears_and_null_content_is_refused(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"
    tenant.call("PATCH", path, {"title": "T", "expires_at": "2030-01-01T00:00:00Z"})

    cleared = tenant.call("PATCH", path, {"title": None, "expires_at": None}).json()["memory"]

    assert (cleared["title"], cleared["expires_at"]) == (None, None)
    assert tenant.call("PATCH", path, {"content": None}).status_code == 422


def test_what_a_memory_is_cannot_be_changed(tenant: Tenant, things: Things) -> None:
    for field in ("id", "project_id", "org_id", "author_id", "author_kind", "version", "deleted", "provenance"):
        assert tenant.call("PATCH", f"/v1/memories/{things.memory_id}", {field: "x"}).status_code == 422
