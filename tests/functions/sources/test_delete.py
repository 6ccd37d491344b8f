"""DELETE /v1/sources/{source_id}."""

from tests.conftest import Tenant
from tests.functions.asking import Things, deliver, told
from tests.functions.conftest import Rows

BODY = b'{"conversation_id": "1", "messages": [{"role": "user", "content": "hello"}]}'


def test_what_it_sends_then_is_refused_and_what_it_sent_stays(tenant: Tenant, things: Things, rows: Rows) -> None:
    path = f"/v1/ingest/{things.source}"
    before = deliver(tenant, path, BODY).status_code

    reply = tenant.call("DELETE", f"/v1/sources/{things.source_id}")
    after = deliver(tenant, path, BODY, delivery="msg_2")

    assert (before, reply.status_code, after.status_code) == (200, 204, 404)
    assert told(after)["detail"] == "There is no such source, or it is not yours to see."
    assert [row["content"] for row in rows.of("messages", tenant)] == ["hello"]
    assert rows.events(tenant)[-1] == "source.deleted"
