"""`?wait=searchable`: answer only when what was written can be found by search."""

import time
from typing import Any, Final

import msgspec

from contextfs.domain.access.store import assuming
from contextfs.kit.call import Call, Services
from contextfs.kit.receipt import Receipt
from contextfs.kit.sql import load

SEARCHABLE: Final = "searchable"
PATIENCE_SECONDS: Final = 10.0

_SQL = load("contextfs.runtime")
_CONSUMERS = ["triggers.index_memory", "triggers.index_session"]
_PAUSE_SECONDS = 0.02


def until_searchable(services: Services, call: Call, result: Any, patience: float) -> Any:
    """Wait for the index to take the call's events; the receipt then no longer lists `searchable` as pending.

    When `patience` (seconds) is over, the result is given as it is.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if _taken(services, call):
            receipt: Receipt = result.receipt
            left = tuple(name for name in receipt.pending if name != SEARCHABLE)
            return msgspec.structs.replace(result, receipt=msgspec.structs.replace(receipt, pending=left))
        time.sleep(_PAUSE_SECONDS)
    return result


def _taken(services: Services, call: Call) -> bool:
    principal = call.principal
    wanted = {
        "org_id": principal.org_id,
        "consumers": _CONSUMERS,
        "events": [event.id for event in call.events],
    }
    with services.database.transaction(assuming(principal.org_id, principal.actor_id)) as (tx, _):
        row = tx.one(_SQL["consumed"], wanted)
    return row is not None and row["taken"] == len(call.events)
