"""What a conversation is handed before anything was asked: what is pinned, then what was learned last."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from clients.cli.here.store import opened
from contextfs.domain.context.model import PackCandidate
from contextfs.domain.context.pack import select
from contextfs.domain.context.tokens import estimate
from contextfs.local.model import LocalMemory, MemoryQuery
from contextfs.local.place import Place

_LOOKED_AT: Final = 200
_TAKEN: Final = 12
"""How many memories that are not pinned are taken at the most: the rest comes with the prompts that ask for it."""
_WORTH: Final = {"decision": 1.0, "user": 1.0, "procedural": 0.9, "fact": 0.8}
"""How much a type says to a conversation that has not begun; what merely happened says nothing."""


def pack(place: Place, tokens: int) -> tuple[str, frozenset[UUID]]:
    """Give fenced text within a budget, and the ids of what is in it; nothing where nothing is known."""
    with opened(place) as store:
        pinned = store.page(MemoryQuery(pinned=True, limit=_LOOKED_AT))
        newest = store.page(MemoryQuery(pinned=False, limit=_LOOKED_AT))
    others = [one for one in newest if one.type in _WORTH and not one.conflicted][:_TAKEN]
    ids = {one.id.hex[-12:]: one.id for one in (*pinned, *others)}
    chosen = select(list(_candidates(pinned, others)), budget=tokens, count=estimate)
    return chosen.text, frozenset(ids[one.id] for one in chosen.items)


def _candidates(pinned: list[LocalMemory], others: list[LocalMemory]) -> Iterator[PackCandidate]:
    for place, one in enumerate([*pinned, *others]):
        yield PackCandidate(
            id=one.id.hex[-12:],
            type=one.type,
            text=one.content,
            title=one.title or "",
            occurred_at=one.updated_at,
            relevance=_WORTH.get(one.type, 0.5),
            freshness=1 - place / (len(pinned) + len(others)),
            pinned=one.pinned,
        )
