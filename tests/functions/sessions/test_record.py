"""GET /v1/sessions/{session_id}/record."""

from tests.conftest import Tenant
from tests.functions.asking import Things


def test_of_a_session_without_a_record_there_is_none(tenant: Tenant, things: Things) -> None:
    reply = tenant.call("GET", f"/v1/sessions/{things.session_id}/record")

    assert (200, things.session_id, []) == (reply.status_code, reply.json()["session_id"], reply.json()["chunks"])
