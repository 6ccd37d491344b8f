"""A completed session teaches memories, each with where it comes from."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.conftest import Rows


def test_a_decision_becomes_a_memory_that_tells_its_source(
    tenant: Tenant, rows: Rows, settle_events: Callable[[], int]
) -> None:
    said = [{"role": "user", "content": "We decided to use Postgres for the queue instead of Redis."}]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": said}
    session = tenant.call("POST", "/v1/sessions", body).json()["session"]
    tenant.call("POST", f"/v1/sessions/{session['id']}/complete")
    settle_events()

    (learned,) = tenant.call("GET", "/v1/memories?type=decision").json()["items"]
    (message,) = rows.of("messages", tenant)

    assert "Postgres" in learned["content"]
    assert learned["session_id"] == session["id"]
    assert learned["provenance"] == [
        {"session_id": session["id"], "message_ids": [str(message["id"])], "tool": "test"},
    ]


def test_a_session_that_is_gone_teaches_nothing(tenant: Tenant, settle_events: Callable[[], int]) -> None:
    said = [{"role": "user", "content": "We decided to use Postgres for the queue instead of Redis."}]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": said}
    session = tenant.call("POST", "/v1/sessions", body).json()["session"]
    tenant.call("POST", f"/v1/sessions/{session['id']}/complete")
    tenant.call("DELETE", f"/v1/sessions/{session['id']}")

    settle_events()

    assert tenant.call("GET", "/v1/memories").json()["items"] == []
