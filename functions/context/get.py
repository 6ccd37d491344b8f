"""Explain a context pack."""

from uuid import UUID

from contextfs.domain.context import store
from contextfs.domain.context.record import PackName, PackRecord
from contextfs.kit.call import Call


def handle(call: Call, pack_id: PackName, project_id: UUID | None = None) -> PackRecord:
    """Explain one of your own packs: what was handed over, what was left out, and why; `last` is the newest one."""
    return store.find(call.tx, pack_id, project_id)
