"""GET /v1/memories/{memory_id}."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.asking import Things


def test_a_known_version_needs_no_body(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"
    first = tenant.call("GET", path)

    again = tenant.call("GET", path, if_none_match=first.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["etag"] == f'"{first.json()["version"]}"'


def test_it_is_shown_as_it_was_known_at_a_time(tenant: Tenant, things: Things) -> None:
    path = f"/v1/memories/{things.memory_id}"
    first = tenant.call("GET", path).json()
    changed = tenant.call("PATCH", path, {"content": "Known better."}).json()["memory"]
    tenant.call("DELETE", path)

    def then(moment: str) -> int | str:
        reply = tenant.call("GET", f"{path}?as_of={moment}")
        return reply.json()["content"] if reply.status_code == 200 else reply.status_code

    assert then(first["created_at"]) == "Known."
    assert then(changed["updated_at"]) == "Known better."
    assert then("2000-01-01T00:00:00Z") == 404
    assert then("2999-01-01T00:00:00Z") == 404


def test_a_private_memory_is_shown_to_its_author_alone(
    tenant: Tenant, things: Things, colleague: Callable[[Tenant], Tenant]
) -> None:
    path = f"/v1/memories/{things.memory_id}"
    tenant.call("PATCH", path, {"visibility": "private"})
    theirs = colleague(tenant)

    assert tenant.call("GET", path).status_code == 200
    assert [theirs.call("GET", f"{path}{part}").status_code for part in ("", "/history")] == [404, 404]
    assert theirs.call("PATCH", path, {"pinned": True}).status_code == 404
