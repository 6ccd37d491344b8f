"""GET /v1/sessions/{session_id}/record/lines; what it gives is tested where it is put."""

from tests.conftest import Tenant
from tests.functions.asking import Things, told


def test_of_a_session_without_a_record_there_are_no_lines(tenant: Tenant, things: Things) -> None:
    reply = tenant.call("GET", f"/v1/sessions/{things.session_id}/record/lines")
    wrong = tenant.call("GET", f"/v1/sessions/{things.session_id}/record/lines?line=-1")

    assert (200, {"line": 0, "lines": [], "next_line": None}) == (reply.status_code, reply.json())
    assert (422, "query.line") == (wrong.status_code, told(wrong)["where"])
