"""What a call leaves behind, sent with its commit: events, the audit row, the meter, the feed. All of it, or none."""

from typing import Any

import msgspec

from contextfs.kit.call import Call
from contextfs.kit.ports import Parameters
from contextfs.kit.sql import load

_SQL = load("contextfs.runtime.door")


def settle(call: Call, *, audits: str | None, meters: str | None, request_id: str) -> None:
    """Write the call's effects into its transaction."""
    if not call.events and not call.changes and audits is None and meters is None:
        return
    if audits is not None and meters is not None and len(call.events) == len(call.changes) == 1:
        call.tx.last(_SQL["settle_one"], _one(call, audits, meters, request_id))
        return
    common = _common(call, request_id)
    effects: dict[str, Any] = {"events": call.events}
    if audits is not None:
        effects["audits"] = [common | _audited(call, audits) | {"id": call.new_id(), "details": _details(call)}]
    if meters is not None:
        effects["usage"] = [common | {"id": call.new_id(), "meter": meters, "quantity": call.quantity}]
    if call.changes:
        effects["changes"] = call.changes
    call.tx.last(_SQL["settle"], {"effects": _json(effects)})


def _one(call: Call, audits: str, meters: str, request_id: str) -> Parameters:
    [event], [change] = call.events, call.changes
    told = {f"event_{name}": value for name, value in msgspec.structs.asdict(event).items()}
    shared = {f"change_{name}": value for name, value in msgspec.structs.asdict(change).items()}
    counted = {"usage_id": call.new_id(), "meter": meters, "quantity": call.quantity}
    audited = {**_audited(call, audits), "audit_id": call.new_id(), "details": _json(_details(call))}
    return {**_common(call, request_id), **told, **shared, **counted, **audited, "event_data": _json(event.data)}


def _common(call: Call, request_id: str) -> dict[str, Any]:
    return {
        "org_id": call.principal.org_id,
        "at": call.now,
        "actor_id": call.principal.actor_id,
        "project_id": call.project_id,
        "request_id": request_id,
    }


def _audited(call: Call, action: str) -> dict[str, Any]:
    return {"actor": call.principal.actor, "action": action, "subject": call.subject}


def _details(call: Call) -> dict[str, Any]:
    """Give what was noted, and what the only event of a call tells: a role that was given, permissions of a key."""
    told = call.events[0].data if len(call.events) == 1 and call.events[0].subject == call.subject else {}
    return {**told, **call.details}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
