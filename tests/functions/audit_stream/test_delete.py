"""DELETE /v1/admin/audit-logs/stream: nothing is sent from then on, not even what was on its way."""

from tests.conftest import Tenant
from tests.functions.audit_stream.conftest import PATH, Carry, act, stream_to
from tests.functions.audit_stream.receiver import Receiver
from tests.functions.conftest import Rows


def test_nothing_is_sent_any_more(
    owner: Tenant, other_owner: Tenant, receiver: Receiver, carry: Carry, rows: Rows
) -> None:
    stream_to(owner, receiver)
    stream_to(other_owner, receiver)
    act(owner, 2)
    ended = owner.call("DELETE", PATH)
    again = owner.call("DELETE", PATH)
    carry()

    assert (ended.status_code, again.status_code) == (204, 204)
    assert {event["source"].rpartition("/")[2] for event in receiver.events} == {str(other_owner.org_id)}
    assert rows.of("audit_streams", owner) == []
    assert len(rows.audited(owner, "audit_stream.ended")) == 2
