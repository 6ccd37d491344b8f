"""GET /v1/sessions/{session_id}."""

from tests.conftest import Tenant
from tests.functions.asking import Things


def test_a_known_version_needs_no_body(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}"
    first = tenant.call("GET", path)

    again = tenant.call("GET", path, if_none_match=first.headers["etag"])
    weak = tenant.call("GET", path, if_none_match=f'"other", W/{first.headers["etag"]}')

    assert (again.status_code, weak.status_code) == (304, 304)
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert tenant.call("GET", path, if_none_match='"other"').json() == first.json()


def test_it_shows_what_was_captured(tenant: Tenant) -> None:
    git = {"remote": "git@example.test:a/b.git", "branch": "main", "commit": "3f2a9c1", "cwd": "/work"}
    body = {"project_id": str(tenant.project_id), "tool": "codex", "git": git, "model": "m", "input_tokens": 7}
    session = tenant.call("POST", "/v1/sessions", body | {"metadata": {"a": [1, 2.5, None, "ß"]}}).json()["session"]

    read = tenant.call("GET", f"/v1/sessions/{session['id']}").json()

    assert read["git"] == git
    assert (read["tool"], read["model"], read["input_tokens"], read["output_tokens"]) == ("codex", "m", 7, 0)
    assert read["metadata"] == {"a": [1, 2.5, None, "ß"]}
