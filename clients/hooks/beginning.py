"""What a conversation is handed before anything was asked: what is pinned, then what was learned last."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from clients.cli.here.store import now, opened
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
        newest = [one for one in store.page(MemoryQuery(limit=_LOOKED_AT)) if not _is_over(one)]
    pinned = [one for one in newest if one.pinned]
    others = [one for one in newest if not one.pinned and one.type in _WORTH and not one.conflicted][:_TAKEN]
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


def _is_over(one: LocalMemory) -> bool:
    moment = now()
    return any(end is not None and end <= moment for end in (one.expires_at, one.valid_to))
