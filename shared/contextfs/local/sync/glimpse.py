"""A glimpse at both sides: whether a store and its server are in step, so that a sync has nothing to do.

Most syncs find that, and it is told by one question to each: little is loaded for it.
"""

from datetime import datetime

import msgspec

from contextfs.client.client import ContextFS
from contextfs.kit.errors import NotAllowed, NotAuthenticated, NotFound
from contextfs.kit.ids import Entropy
from contextfs.kit.sql import load
from contextfs.local.base.connection import Base
from contextfs.local.config import Config
from contextfs.local.sync import state

_SQL = load("contextfs.local.sync", "sqlite.sql")


class _Reach(msgspec.Struct, frozen=True):
    """What a pull of one change says of what there is."""

    cursor: int
    more: bool


def is_in_step(base: Base, client: ContextFS, settings: Config, *, now: datetime, entropy: Entropy) -> bool:
    """Tell whether nothing changed there, and nothing waits here; that a sync went well is remembered then.

    Where a server does not let us in, it is for the sync to say so.
    """
    origin = state.meet(base, state.server_of(settings), entropy)
    known = state.known(base)
    if known.lost is not None or _has_anything_due(base, settings):
        return False
    wanted = {"project_id": settings.project.id, "cursor": known.cursor, "limit": 1, "origin": origin}
    try:
        reach = client.call("POST", "/v1/sync/pull", _Reach, body=wanted, repeatable=True)
    except (NotFound, NotAllowed, NotAuthenticated):
        return False
    if reach.more or reach.cursor < known.cursor:
        return False
    if reach.cursor != known.cursor:
        state.read_up_to(base, reach.cursor)
    state.synced(base, now.isoformat())
    return True


def _has_anything_due(base: Base, settings: Config) -> bool:
    """Tell whether the server has to learn something; records of sessions that others see are looked at by a sync."""
    if base.one(_SQL["any_unsent"]) is not None:
        from contextfs.local.sync import push  # noqa: PLC0415 - only where something was not sent: it may be private

        if next(push.due(base, settings.share), None) is not None:
            return True
    if base.one(_SQL["any_own"]) is not None:
        from contextfs.local.sync import waiting  # noqa: PLC0415 - only where there are sessions of our own

        if next(waiting.due(base, settings.share), None) is not None:
            return True
    return settings.records.share and bool(base.all(_SQL["recorded"]))
