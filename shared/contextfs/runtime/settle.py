"""What a call leaves behind, sent with its commit: events, the audit row, the meter, the feed. All of it, or none."""

from typing import Any

import msgspec

from contextfs.kit.call import Call
from contextfs.kit.sql import load

_SQL = load("contextfs.runtime")


def settle(call: Call, *, audits: str | None, meters: str | None, request_id: str) -> None:
    """Write the call's effects into its transaction."""
    if not call.events and not call.changes and audits is None and meters is None:
        return
    common = {
        "org_id": call.principal.org_id,
        "at": call.now,
        "actor_id": call.principal.actor_id,
        "project_id": call.project_id,
        "request_id": request_id,
    }
    effects: dict[str, Any] = {"events": call.events}
    if audits is not None:
        told = {"actor": call.principal.actor, "action": audits, "subject": call.subject, "details": _details(call)}
        effects["audits"] = [common | told | {"id": call.new_id()}]
    if meters is not None:
        effects["usage"] = [common | {"id": call.new_id(), "meter": meters, "quantity": call.quantity}]
    if call.changes:
        effects["changes"] = call.changes
    call.tx.last(_SQL["settle"], {"effects": msgspec.json.encode(effects).decode()})


def _details(call: Call) -> dict[str, Any]:
    """Give what was noted, and what the only event of a call tells: a role that was given, permissions of a key."""
    told = call.events[0].data if len(call.events) == 1 and call.events[0].subject == call.subject else {}
    return {**told, **call.details}
