"""What a call leaves behind, sent with its commit: events, the audit row, the meter. All of it, or none."""

import msgspec

from contextfs.kit.call import Call
from contextfs.kit.events import Event
from contextfs.kit.sql import load

_SQL = load("contextfs.runtime")


def settle(call: Call, *, audits: str | None, meters: str | None, request_id: str) -> None:
    """Write the call's effects into its transaction."""
    for event in call.events:
        call.tx.last(_SQL["add_event"], _event(event))
    common = {
        "org_id": call.principal.org_id,
        "at": call.now,
        "actor_id": call.principal.actor_id,
        "project_id": call.project_id,
        "request_id": request_id,
    }
    if audits is not None:
        call.tx.last(
            _SQL["add_audit"],
            common
            | {
                "id": call.new_id(),
                "actor": call.principal.actor,
                "action": audits,
                "subject": call.subject,
                "details": _json(call.details),
            },
        )
    if meters is not None:
        call.tx.last(_SQL["add_usage"], common | {"id": call.new_id(), "meter": meters, "quantity": call.quantity})


def _event(event: Event) -> dict[str, object]:
    return {
        "org_id": event.org_id,
        "id": event.id,
        "project_id": event.project_id,
        "type": event.type,
        "subject": event.subject,
        "time": event.time,
        "actor": event.actor,
        "reader": event.reader,
        "data": _json(event.data),
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
