"""Pull: what changed on the server comes here; how far it was read is remembered after it is stored."""

import json
from collections.abc import Callable
from uuid import UUID

from contextfs.client.resources.sync import Sync
from contextfs.domain.feed.model import Pulled
from contextfs.local.base.connection import Base
from contextfs.local.base.memories import SQL as MEMORIES
from contextfs.local.base.memories import forget
from contextfs.local.folder import stepping
from contextfs.local.store import LocalStore
from contextfs.local.sync import state
from contextfs.local.sync.pages import pages
from contextfs.local.sync.report import PullReport
from contextfs.local.sync.state import SQL

Progress = Callable[[int], None]


def pull(store: LocalStore, server: Sync, project_id: UUID, *, origin: UUID, progress: Progress) -> PullReport:
    """Take in everything that changed since the last pull. It can be cut at any time, and goes on from there."""
    with store.base.taking_much():
        try:
            return _pages(store, server, project_id, origin=origin, progress=progress)
        finally:
            store.write_due()


def _pages(store: LocalStore, server: Sync, project_id: UUID, *, origin: UUID, progress: Progress) -> PullReport:
    report = PullReport()
    for revisions, page in pages(server, project_id, cursor=state.known(store.base).cursor, origin=origin):
        sessions, messages, left = _conversations(store, page)
        taken = store.take_in(revisions, sent=True, more=True)
        gone = [one.id for one in page.withdrawn if one.kind == "memory"]
        withdrawn = sum(withdraw(store, one) for one in gone)
        state.read_up_to(store.base, page.cursor)
        report = PullReport(
            received=report.received + sum(len(one.added) for one in revisions.drafts) + len(page.messages),
            revisions=report.revisions + taken.revisions,
            memories=report.memories + taken.memories,
            conflicted=report.conflicted + taken.conflicted,
            withdrawn=report.withdrawn + withdrawn,
            kept=report.kept + len(gone) - withdrawn,
            sessions=report.sessions + sessions,
            messages=report.messages + messages,
            sessions_withdrawn=report.sessions_withdrawn + left,
        )
        progress(report.received)
    return report


def _conversations(store: LocalStore, page: Pulled) -> tuple[int, int, int]:
    """Take in what a page has of sessions; gives how many are new or grew, their messages, and how many went."""
    gone = [one.id for one in page.withdrawn if one.kind == "session"]
    if not (page.sessions or page.messages or gone):
        return 0, 0, 0
    from contextfs.local.sessions import arriving  # noqa: PLC0415 - heavy, and many pages have no session

    arrived = arriving.take_in(store.base, page.sessions, page.messages)
    return arrived.sessions, arrived.messages, sum(arriving.withdraw(store.base, one) for one in gone)


def withdraw(store: LocalStore, memory_id: UUID) -> bool:
    """Take out a memory that its author made private; False when it has edits of our own, and is kept."""
    base = store.base
    with base.transaction():
        if base.one(MEMORIES["memory"], {"id": str(memory_id)}) is None:
            return True
        if _own_unsent(base, memory_id):
            return False
        forget(base, memory_id)
        stepping.intend(base, store.place, [memory_id])
    stepping.finish(base, store.place, [memory_id])
    return True


def _own_unsent(base: Base, memory_id: UUID) -> bool:
    return bool(base.all(SQL["unsent"], {"ids": json.dumps([str(memory_id)])}))
