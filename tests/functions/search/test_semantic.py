"""POST /v1/search."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.conftest import Rows


def test_without_a_model_words_are_compared_and_the_reply_says_so(
    tenant: Tenant, settle_events: Callable[[], int], rows: Rows
) -> None:
    body = {"project_id": str(tenant.project_id), "content": "The staging database listens on port 5433."}
    stored = tenant.call("POST", "/v1/memories", body).json()["memory"]
    settle_events()

    reply = tenant.call("POST", "/v1/search", {"query": "staging port"})

    assert reply.status_code == 200
    assert [hit["id"] for hit in reply.json()["hits"]] == [stored["id"]]
    assert reply.json()["degraded"] == ["semantic: no embedding model is installed, so words alone were compared"]
    assert reply.json()["hits"][0]["explanation"] is None
    assert len(rows.audited(tenant, "search.performed")) == 1
