"""Pack the few memories that matter for a task into its token budget, as the server does."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from contextfs.domain.context.model import PackCandidate
from contextfs.domain.context.record import PackRecord, Thing, record
from contextfs.domain.context.request import ContextReply, ContextRequest
from contextfs.domain.memories.revisions import instant
from contextfs.domain.memories.rules import said_by
from contextfs.domain.redaction.rules import redact
from contextfs.domain.search.fusion import Ranked
from contextfs.journeys.find.context import CANDIDATES, choose, reply, short
from contextfs.journeys.find.index import TRUST
from contextfs.journeys.find.past import MOST, TOO_MANY
from contextfs.journeys.find.standing import PINS
from contextfs.kit.ids import uuid7
from contextfs.kit.overtaken import Overtaken, since
from contextfs.local.base.connection import Base
from contextfs.local.base.memories import redaction_key, shown
from contextfs.local.model import LocalMemory
from contextfs.local.packs.store import keep
from contextfs.local.search.find import Found
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import Wanted
from contextfs.local.search.queries import SQL


class _Standing(NamedTuple):
    """The newest pinned memories, and what is in conflict or holds no longer of these and of what was found."""

    pinned: list[LocalMemory]
    doubted: frozenset[str]
    overtaken: dict[UUID, Overtaken]
    degraded: tuple[str, ...] = ()


def pack(index: LocalIndex, request: ContextRequest, *, now: datetime) -> ContextReply:
    """Choose pinned memories, then the best by what each adds, and fence them as data with their provenance."""
    request = request.at(now)
    wanted = Wanted(
        query=request.task,
        sources=None if request.messages else ["memory"],
        types=request.types,
        branch=request.branch,
        superseded=request.superseded,
        as_of=request.as_of,
        limit=CANDIDATES,
    )
    found, degraded = index.look(wanted)
    stand = _now(index.base, request, found, now) if request.as_of is None else _then(index.base, request)
    pins = {short(one.id): one for one in stand.pinned}
    over = {**found.overtaken, **stand.overtaken}
    degraded = list(dict.fromkeys([*degraded, *stand.degraded]))
    others = [_candidate(one, found, stand.doubted, over) for one in found.ranked]
    candidates = {one.id: one for one in (*others, *(_pin(one, over) for one in pins.values()))}
    things = {short: Thing(id=one.id) for short, one in pins.items()} | dict(_things(found))
    pack_id = uuid7(now, index.entropy)
    chosen = choose(pack_id, request, [*candidates.values()])

    def made() -> PackRecord:
        key = redaction_key(index.base, index.entropy)
        task = redact(request.task, key=key, wanted=index.taken_out()).text
        return record(pack_id, request, chosen, candidates, things, now=now, task=task, degraded=degraded)

    return reply(pack_id if keep(index.base, made) else None, chosen, things, over, degraded, found.notes)


def _things(found: Found) -> Iterator[tuple[str, Thing]]:
    for one in found.ranked:
        candidate = found.candidates[one.hit.key]
        session = UUID(candidate.session_id) if candidate.session_id else None
        source = UUID(candidate.source_id)
        yield short(source), Thing(id=source, session_id=session, terms=one.explanation.terms)


def _now(base: Base, request: ContextRequest, found: Found, now: datetime) -> _Standing:
    pinned = _pinned(base, since(now, superseded=request.superseded))
    doubted = _conflicted(base, [one.source_id for one in found.candidates.values()])
    return _Standing(pinned, doubted, _ended(base, pinned, now) if request.superseded else {})


def _then(base: Base, request: ContextRequest) -> _Standing:
    from contextfs.local.base import past  # noqa: PLC0415 - seldom asked for

    known = list(islice(past.known(base, request.as_of), MOST + 1)) if request.as_of else []
    looked = known[:MOST]
    pinned = [one for one in looked if one.pinned and (request.superseded or one.overtaken is None)]
    newest = sorted(pinned, key=lambda one: (-one.updated_at.timestamp(), one.id))[:PINS]
    return _Standing(
        newest,
        frozenset(str(one.id) for one in looked if one.conflicted),
        {one.id: one.overtaken for one in newest if one.overtaken is not None},
        (TOO_MANY,) if len(known) > MOST else (),
    )


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
        near=one.explanation.terms.get("semantic"),
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
        occurred_at=memory.occurred_at,
        relevance=1.0,
        trust=TRUST[said_by(memory.metadata)],
        pinned=True,
        conflicted=memory.conflicted,
        overtaken=str(over.get(memory.id, "")),
    )
