"""Pull: a machine learns what changed after the position that it knows."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from contextfs.domain.access.rules import allows
from contextfs.domain.feed import store
from contextfs.domain.feed.model import Pull, Pulled, SentRevision, SyncStatus, Withdrawn
from contextfs.domain.memories.revisions import Fields
from contextfs.domain.projects import store as projects
from contextfs.domain.sessions.model import Git, Message, Session
from contextfs.kit.call import Call
from contextfs.kit.ports import Row

_PAGE_SIZE = 4_000_000
"""The most characters of JSON in a page: the smallest of the clouds' doors lets replies of six million bytes pass."""


def pull(call: Call, wanted: Pull) -> Pulled:
    """Give what changed, as far as the caller sees it; NotFound when the project is not the caller's."""
    projects.get(call.tx, wanted.project_id)
    call.note(subject=wanted.project_id, project_id=wanted.project_id, cursor=wanted.cursor)
    reach = store.page(call.tx, wanted.project_id, cursor=wanted.cursor, limit=wanted.limit, origin=wanted.origin)
    if wanted.cursor > reach.head:
        reach = store.page(call.tx, wanted.project_id, cursor=0, limit=wanted.limit, origin=None)
    entries = _cut(reach.entries, wanted.limit)
    sessions = "session" if _reads_sessions(call) else ""
    more = len(entries) < len(reach.entries) or len(reach.entries) == wanted.limit
    return Pulled(
        revisions=_revisions(call, entries),
        sessions=[_session(row) for row in store.sessions(call.tx, _subjects(entries, sessions))],
        messages=[msgspec.convert(row, Message) for row in store.messages(call.tx, _items(entries, sessions))],
        withdrawn=_withdrawn(call, entries),
        cursor=entries[-1].position if more else reach.head,
        more=more,
    )


def status(call: Call, project_id: UUID) -> SyncStatus:
    """Tell where the feed stands."""
    projects.get(call.tx, project_id)
    return store.status(call.tx, project_id, sessions=_reads_sessions(call))


def _reads_sessions(call: Call) -> bool:
    return allows(call.principal.permissions, "sessions:read")


def _cut(entries: Sequence[store.Entry], limit: int) -> Sequence[store.Entry]:
    """Keep as many changes as hold `limit` items and fit a reply, and one at the least."""
    held = size = 0
    for number, entry in enumerate(entries):
        held += max(1, len(entry.items))
        size += entry.size
        if number and (held > limit or size > _PAGE_SIZE):
            return entries[:number]
    return entries


def _subjects(entries: Sequence[store.Entry], kind: str) -> list[UUID]:
    return list(dict.fromkeys(entry.subject for entry in entries if entry.kind == kind))


def _items(entries: Sequence[store.Entry], kind: str) -> list[tuple[UUID, str]]:
    return list(dict.fromkeys((entry.subject, item) for entry in entries if entry.kind == kind for item in entry.items))


def _withdrawn(call: Call, entries: Sequence[store.Entry]) -> list[Withdrawn]:
    """Name what was withdrawn, and is not the caller's own or shared again since."""
    memories, sessions = _subjects(entries, "withdrawn_memory"), _subjects(entries, "withdrawn_session")
    seen = store.visible(call.tx, memories, sessions)
    return [
        *(Withdrawn(kind="memory", id=one) for one in memories if one not in seen),
        *(Withdrawn(kind="session", id=one) for one in sessions if one not in seen),
    ]


def _revisions(call: Call, entries: Sequence[store.Entry]) -> list[SentRevision]:
    return [
        SentRevision(
            memory_id=row["memory_id"],
            fields=msgspec.convert(row["fields"], Fields),
            author=row["author"],
            clock=row["clock"],
            parents=row["parents"],
        )
        for row in store.revisions(call.tx, _items(entries, "memory"))
    ]


def _session(row: Row) -> Session:
    git = Git(remote=row["git_remote"], branch=row["git_branch"], commit=row["git_commit"], cwd=row["cwd"])
    return Session(git=git, **{name: row[name] for name in Session.__struct_fields__ if name != "git"})
