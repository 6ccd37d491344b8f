"""What a conversation is handed before anything was asked: what is pinned, then what was learned last."""

import os
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from clients.cli.here.store import now, opened
from contextfs.domain.context.model import PackCandidate
from contextfs.domain.context.pack import select
from contextfs.domain.context.record import Thing, record
from contextfs.domain.context.request import ContextRequest
from contextfs.domain.context.tokens import estimate
from contextfs.kit.ids import uuid7
from contextfs.local.model import LocalMemory, MemoryQuery
from contextfs.local.packs.store import keep
from contextfs.local.place import Place
from contextfs.local.store import LocalStore

_LOOKED_AT: Final = 200
_TAKEN: Final = 12
"""How many memories that are not pinned are taken at the most: the rest comes with the prompts that ask for it."""
_WORTH: Final = {"decision": 1.0, "user": 1.0, "procedural": 0.9, "fact": 0.8}
"""How much a type says to a conversation that has not begun; what merely happened says nothing."""
_TASK: Final = "(a conversation begins)"


def pack(place: Place, tokens: int) -> tuple[str, frozenset[UUID]]:
    """Give fenced text within a budget, and the ids of what is in it; nothing where nothing is known.

    It is kept as a pack, so that `ctx why` can tell of it.
    """
    with opened(place) as store:
        pinned = store.page(MemoryQuery(pinned=True, limit=_LOOKED_AT))
        newest = store.page(MemoryQuery(pinned=False, limit=_LOOKED_AT))
        others = [one for one in newest if one.type in _WORTH and not one.conflicted][:_TAKEN]
        ids = {_short(one.id): one.id for one in (*pinned, *others)}
        return _packed(store, [*_candidates(pinned, others)], ids, tokens)


def _packed(
    store: LocalStore, candidates: list[PackCandidate], ids: dict[str, UUID], tokens: int
) -> tuple[str, frozenset[UUID]]:
    at = now()
    pack_id = uuid7(at, os.urandom)
    request = ContextRequest(project_id=store.project_id, task=_TASK, budget=tokens, messages=False)
    chosen = select(candidates, budget=tokens, count=estimate, name=_short(pack_id))
    things = {short: Thing(id=one) for short, one in ids.items()}
    by_id = {one.id: one for one in candidates}
    if chosen.items:
        keep(store.base, lambda: record(pack_id, request, chosen, by_id, things, now=at, task=_TASK, degraded=[]))
    return chosen.text, frozenset(ids[one.id] for one in chosen.items)


def _candidates(pinned: list[LocalMemory], others: list[LocalMemory]) -> Iterator[PackCandidate]:
    for place, one in enumerate([*pinned, *others]):
        yield PackCandidate(
            id=_short(one.id),
            type=one.type,
            text=one.content,
            title=one.title or "",
            occurred_at=one.occurred_at,
            relevance=_WORTH.get(one.type, 0.5),
            freshness=1 - place / (len(pinned) + len(others)),
            pinned=one.pinned,
        )


def _short(one: UUID) -> str:
    return one.hex[-12:]
