"""Consolidate the memories of a store: what is sure is done by revisions of the learner, the rest is given back.

The plan is made while others write; what changed meanwhile is left for the next time.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from contextfs.domain.memories.revisions import Fields
from contextfs.domain.memories.rules import LEARNED_BY, LEARNER, author_kind
from contextfs.journeys.consolidate.duplicates import Closeness
from contextfs.journeys.consolidate.model import Known, Plan, Proposal
from contextfs.journeys.consolidate.plan import plan
from contextfs.journeys.consolidate.recall import Recalls, from_day
from contextfs.journeys.consolidate.retire import apart, followed
from contextfs.kit.sql import load
from contextfs.local.base.connection import Row
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.base.memories import fields_in, time_of
from contextfs.local.packs import store as packs
from contextfs.local.store import LocalStore

SQL = load("contextfs.local.reviews", "sqlite.sql")

_DONE_UNTIL = "consolidated"


def consolidate(store: LocalStore) -> int:
    """Do what is sure, inside transactions; gives how many memories were retired. Their files are due then.

    Where nothing changed since the last time, nothing is looked at.
    """
    stamp = _stamp(store)
    if stamp is None or stamp == mark(store.base, _DONE_UNTIL):
        return 0
    known = memories(store)
    found = plan(known, store.now())
    seen = {one.id: one.fields for one in known}
    with store.base.transaction():
        is_as_planned = _stamp(store) == stamp
        done = sum(bool(follow(store, one, author=LEARNER, seen=seen)) for one in found.sure)
        set_mark(store.base, _DONE_UNTIL, (_stamp(store) if is_as_planned else stamp) or stamp)
    return done


def planned(store: LocalStore, close: Closeness | None = None) -> Plan:
    """Give what is to be done and to be asked, as the memories stand."""
    return plan(memories(store), store.now(), close)


def follow(
    store: LocalStore, proposal: Proposal, *, author: str | None = None, seen: Mapping[UUID, Fields] | None = None
) -> list[UUID]:
    """Follow a proposal, inside a transaction; gives the memories that changed.

    Nothing is done where a memory is not as it was `seen`, but for its proofs.
    """
    states = states_for(store, proposal.memory_id, proposal.other_id)
    if seen is not None and any(_moved(states.get(name), seen.get(name)) for name in _named(proposal)):
        return []
    return revise_all(store, followed(proposal, states, store.now()), author=author)


def revise_all(store: LocalStore, changed: Mapping[UUID, Fields], *, author: str | None) -> list[UUID]:
    """Bring memories to states, inside a transaction; gives those that were not there yet."""
    return [memory_id for memory_id, fields in changed.items() if store.revise(memory_id, fields, author=author)]


def states_for(store: LocalStore, memory_id: UUID, other_id: UUID | None) -> dict[UUID, Fields]:
    """Read the states that a proposal is about, and of all that are retired for the other memory."""
    rows = [] if other_id is None else store.base.all(SQL["retired_for"], {"other_id": str(other_id)})
    states = {UUID(row["id"]): fields_in(row) for row in rows}
    for name in (memory_id, other_id):
        if name is not None and (fields := store.state(name)) is not None:
            states[name] = fields
    return states


def retired_for(store: LocalStore) -> dict[str, list[UUID]]:
    """Read which memories are retired for which other one; gives them by what their marks name."""
    found: dict[str, list[UUID]] = {}
    for row in store.base.all(SQL["all_retired_for"]):
        found.setdefault(str(row["other_id"]), []).append(UUID(row["id"]))
    return found


def memories(store: LocalStore) -> list[Known]:
    """Read all memories as consolidation sees them."""
    parted: dict[str, set[UUID]] = {}
    for row in store.base.all(SQL["parted"], {"learner": LEARNER}):
        parted.setdefault(row["memory_id"], set()).add(UUID(row["other_id"]))
    since, days = packs.use(store.base, from_day(store.now()))
    recalls = Recalls(last=packs.recalled(store.base), since=since, days=days)
    return [_known(row, parted.get(row["id"], ()), recalls) for row in store.base.all(SQL["present"])]


def _known(row: Row, parted: Iterable[UUID], recalls: Recalls) -> Known:
    fields = fields_in(row)
    return Known(
        id=UUID(row["id"]),
        fields=fields,
        owner="",
        author_kind=author_kind(fields),
        written=row["author"] != LEARNER or LEARNED_BY not in fields.metadata,
        created_at=time_of(row["created"]),
        apart=apart(fields) | frozenset(parted),
        recalled_at=recalls.of(UUID(row["id"])),
        changed_at=time_of(row["updated"]),
    )


def _named(proposal: Proposal) -> list[UUID]:
    return [name for name in (proposal.memory_id, proposal.other_id) if name is not None]


def _moved(now: Fields | None, then: Fields | None) -> bool:
    """Tell whether a memory says something else than it did; that it gained a proof does not count."""
    if now is None or then is None:
        return True
    return msgspec.structs.replace(now, provenance=()) != msgspec.structs.replace(then, provenance=())


def _stamp(store: LocalStore) -> str | None:
    row = store.base.one(SQL["latest"])
    return row["stamp"] if row else None
