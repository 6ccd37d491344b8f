"""DELETE /v1/sessions/{session_id}."""

from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows


def test_it_goes_with_its_messages_and_what_was_learned_stays(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/sessions/{things.session_id}"
    tenant.call("POST", f"{path}/messages", {"messages": [{"role": "user", "content": "We use uv."}]})
    learned = {
        "project_id": things.project_id,
        "content": "uv is used.",
        "provenance": [{"session_id": things.session_id}],
    }
    memory = tenant.call("POST", "/v1/memories", learned).json()["memory"]

    reply = tenant.call("DELETE", path)
    kept = tenant.call("GET", f"/v1/memories/{memory['id']}").json()

    assert (reply.status_code, reply.content) == (204, b"")
    assert tenant.call("GET", path).status_code == 404
    assert tenant.call("DELETE", path).status_code == 404
    assert rows.of("messages", tenant) == []
    assert (kept["content"], kept["session_id"]) == ("uv is used.", None)
    assert kept["provenance"] == [{"session_id": things.session_id}]
    assert [str(audit["subject"]) for audit in rows.audited(tenant, "session.deleted")] == [things.session_id]
    assert rows.events(tenant)[-1] == "session.deleted"


def test_a_stale_version_deletes_nothing(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}"

    assert tenant.call("DELETE", path, if_match='"stale"').status_code == 412
    assert tenant.call("GET", path).status_code == 200
