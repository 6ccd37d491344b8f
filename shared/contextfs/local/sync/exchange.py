"""One sync of a store with its server: first what changed there, then what is new here."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.client.client import ContextFS
from contextfs.kit.errors import NotAllowed, NotAuthenticated, NotFound
from contextfs.kit.ids import Entropy
from contextfs.local import config
from contextfs.local.store import LocalStore
from contextfs.local.sync import state
from contextfs.local.sync.pull import pull
from contextfs.local.sync.push import push
from contextfs.local.sync.report import Direction, Progress, PullReport, PushReport, SessionsReport, SyncReport


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
    url = state.server_of(settings)
    both = _Ends(store, client, settings, state.meet(store.base, url, entropy), progress)
    report = SyncReport(url=url)
    try:
        if direction != "push":
            report = msgspec.structs.replace(report, pulled=both.pulled())
        if direction != "pull":
            # Sessions go first: memories that were learned from them name them as their source.
            report = msgspec.structs.replace(report, sessions=both.sessions_pushed(), pushed=both.pushed())
    except (NotFound, NotAllowed, NotAuthenticated) as error:
        state.lose(store.base, error.detail)
        raise
    state.synced(store.base, now.isoformat())
    return report


class _Ends(NamedTuple):
    """A store and its server, and who is told how far they are."""

    store: LocalStore
    client: ContextFS
    settings: config.Config
    origin: UUID
    progress: Progress

    def pulled(self) -> PullReport:
        """Take in what changed there."""
        return pull(
            self.store,
            self.client.sync,
            self.settings.project.id,
            origin=self.origin,
            progress=lambda count: self.progress(f"{count:,} revisions and messages received"),
        )

    def sessions_pushed(self) -> SessionsReport:
        """Send sessions that others may see, and what their tools wrote of them."""
        if self.store.base.one(state.SQL["any_own"]) is None:
            return SessionsReport()
        # What reads and cleans sessions is heavy: few modules are loaded where there are none.
        from contextfs.local.sessions.store import LocalSessions  # noqa: PLC0415 - as said
        from contextfs.local.sync.records import push as push_records  # noqa: PLC0415 - as said
        from contextfs.local.sync.sessions import push as push_sessions  # noqa: PLC0415 - as said

        report = push_sessions(
            LocalSessions(self.store),
            self.client.sync,
            origin=self.origin,
            progress=lambda count: self.progress(f"{count:,} messages sent"),
        )
        if not self.settings.records.share:
            return report
        return msgspec.structs.replace(
            report, records=push_records(self.store, self.client.sessions, state.server_of(self.settings))
        )

    def pushed(self) -> PushReport:
        """Send revisions that may leave."""
        return push(
            self.store.base,
            self.client.sync,
            self.settings.project.id,
            self.settings.share,
            origin=self.origin,
            progress=lambda count: self.progress(f"{count:,} revisions sent"),
        )
