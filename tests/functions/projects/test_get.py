"""GET /v1/projects/{project_id}."""

from tests.conftest import Tenant


def test_a_known_version_needs_no_body(tenant: Tenant) -> None:
    path = f"/v1/projects/{tenant.project_id}"
    first = tenant.call("GET", path)

    again = tenant.call("GET", path, if_none_match=first.headers["etag"])

    assert first.json()["name"] == "first"
    assert (again.status_code, again.content) == (304, b"")
    assert tenant.call("GET", path, if_none_match="*").status_code == 304
