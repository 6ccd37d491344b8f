"""The trigger that streams an audit log: what has no stream, and what has nothing to send, is left alone."""

from contextfs.kit.events import Event
from contextfs.runtime.wiring import Wiring, triggers
from tests.conftest import Tenant
from tests.functions.conftest import Rows

TRIGGER = next(one for one in triggers() if one.name == "triggers.stream_audit")


def test_without_a_stream_nothing_is_sent(tenant: Tenant, wiring: Wiring, rows: Rows) -> None:
    tenant.call("POST", "/v1/projects", {"name": "p"})
    named = {"org_id": tenant.org_id, "project_id": None, "subject": tenant.org_id, "reader": tenant.org_id}
    event = Event(id=tenant.project_id, type="audit_stream.due", time=wiring.clock(), actor="platform", **named)  # pyright: ignore[reportArgumentType] - ids of one kind

    assert wiring.reactor.react(TRIGGER, event)
    assert not wiring.reactor.react(TRIGGER, event)
    assert rows.of("audit_streams", tenant) == []
