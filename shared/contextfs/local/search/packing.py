"""Pack the few memories that matter for a task into its token budget, as the server does."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from contextfs.domain.context.model import PackCandidate
from contextfs.domain.context.pack import select
from contextfs.domain.context.request import ContextReply, ContextRequest
from contextfs.domain.context.tokens import estimate
from contextfs.domain.memories.revisions import instant
from contextfs.domain.search.fusion import Ranked
from contextfs.journeys.find.context import CANDIDATES, FLOOR, PINS, reply, short
from contextfs.journeys.find.index import TRUST
from contextfs.kit.overtaken import Overtaken, since
from contextfs.local.base.connection import Base
from contextfs.local.base.memories import shown
from contextfs.local.model import LocalMemory
from contextfs.local.search.find import Found
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import Wanted
from contextfs.local.search.queries import SQL


def pack(index: LocalIndex, request: ContextRequest, *, now: datetime) -> ContextReply:
    """Choose pinned memories, then the best by what each adds, and fence them as data with their provenance."""
    wanted = Wanted(
        query=request.task,
        sources=None if request.messages else ["memory"],
        types=request.types,
        branch=request.branch,
        superseded=request.superseded,
        limit=CANDIDATES,
    )
    found, degraded = index.look(wanted)
    pins = {short(one.id): one for one in _pinned(index.base, since(now, superseded=request.superseded))}
    over = {**found.overtaken, **_ended(index.base, pins.values(), now)} if request.superseded else {}
    doubted = _conflicted(index.base, [one.source_id for one in found.candidates.values()])
    others = [_candidate(one, found, doubted, over) for one in found.ranked]
    candidates = [*(_pin(one, over) for one in pins.values()), *(one for one in others if one.id not in pins)]
    ids = {short(one.id): one.id for one in pins.values()}
    ids |= {short(UUID(one.source_id)): UUID(one.source_id) for one in found.candidates.values()}
    chosen = select(candidates, budget=request.budget, count=estimate, floor=FLOOR, task=request.task)
    sessions = {
        short(UUID(one.source_id)): UUID(one.session_id) if one.session_id else None
        for one in found.candidates.values()
    }
    return reply(chosen, ids, sessions, over, degraded)


def _pinned(base: Base, at: datetime) -> list[LocalMemory]:
    return [shown(row) for row in base.all(SQL["pinned"], {"limit": PINS, "at": instant(at)})]


def _ended(base: Base, pins: Iterable[LocalMemory], now: datetime) -> dict[UUID, Overtaken]:
    from contextfs.local.search.ended import ended  # noqa: PLC0415 - seldom asked for

    return ended(base, {str(one.id) for one in pins}, now=now)


def _conflicted(base: Base, memories: Sequence[str]) -> frozenset[str]:
    return frozenset(row["id"] for row in base.all(SQL["conflicted"], {"ids": json.dumps(memories)}))


def _candidate(one: Ranked, found: Found, doubted: frozenset[str], over: Mapping[UUID, Overtaken]) -> PackCandidate:
    candidate = found.candidates[one.hit.key]
    return PackCandidate(
        id=short(UUID(candidate.source_id)),
        type=candidate.type,
        text=candidate.body,
        source=f"session {short(UUID(candidate.session_id))}" if candidate.session_id else "",
        occurred_at=one.hit.occurred_at,
        relevance=one.relevance,
        trust=candidate.trust,
        freshness=one.explanation.freshness,
        pinned=bool(candidate.pinned),
        conflicted=candidate.source_id in doubted,
        overtaken=str(over.get(UUID(candidate.source_id), "")),
        speaker=candidate.speaker or candidate.role,
    )


def _pin(memory: LocalMemory, over: Mapping[UUID, Overtaken]) -> PackCandidate:
    return PackCandidate(
        id=short(memory.id),
        type=memory.type,
        text=memory.content,
        title=memory.title or "",
        occurred_at=memory.updated_at,
        relevance=1.0,
        trust=TRUST["human"],
        pinned=True,
        conflicted=memory.conflicted,
        overtaken=str(over.get(memory.id, "")),
    )
