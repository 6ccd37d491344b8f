"""One sync of a store with its server: first what changed there, then what is new here."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec

from contextfs.client.client import ContextFS
from contextfs.kit.errors import Invalid, NotAllowed, NotAuthenticated, NotFound
from contextfs.kit.ids import Entropy
from contextfs.local import config
from contextfs.local.store import LocalStore
from contextfs.local.sync import state
from contextfs.local.sync.pull import PullReport, pull
from contextfs.local.sync.push import PushReport, push

Direction = Literal["both", "pull", "push"]
Progress = Callable[[str], None]


class SyncReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync did, in both directions."""

    url: str
    pulled: PullReport = PullReport()
    pushed: PushReport = PushReport()


def exchange(
    store: LocalStore,
    client: ContextFS,
    *,
    now: datetime,
    entropy: Entropy,
    direction: Direction = "both",
    progress: Progress = lambda _: None,
) -> SyncReport:
    """Bring a store and its server together; whatever stops it, what was done stays done, and the next goes on.

    NotFound, NotAllowed and NotAuthenticated mean that we may not be there any more: everything here stays as it is.
    """
    settings = config.read(store.place.config)
    url = server_of(settings)
    origin = state.meet(store.base, url, entropy)
    pulled, pushed = PullReport(), PushReport()
    try:
        if direction != "push":
            pulled = pull(
                store,
                client.sync,
                settings.project.id,
                origin=origin,
                progress=lambda count: progress(f"{count:,} revisions received"),
            )
        if direction != "pull":
            pushed = push(
                store.base,
                client.sync,
                settings.project.id,
                settings.share,
                origin=origin,
                progress=lambda count: progress(f"{count:,} revisions sent"),
            )
    except (NotFound, NotAllowed, NotAuthenticated) as error:
        state.lose(store.base, error.detail)
        raise
    state.synced(store.base, now.isoformat())
    return SyncReport(url=url, pulled=pulled, pushed=pushed)


def server_of(settings: config.Config) -> str:
    """Give the address of the server; Invalid tells how to name one."""
    if settings.server is None:
        raise Invalid("This store has no server yet: `ctx link` connects it with one.")
    return settings.server.url
