"""How the memories of a project stand, beside what was found: what is pinned, in conflict, and holds no longer."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import msgspec

from contextfs.domain.context.request import ContextRequest
from contextfs.domain.memories import past as memories
from contextfs.domain.memories.past import Past
from contextfs.domain.search import store
from contextfs.journeys.find.past import MOST, TOO_MANY
from contextfs.journeys.find.search import ended
from contextfs.kit.call import Call
from contextfs.kit.overtaken import Overtaken, since
from contextfs.kit.ports import Row

PINS = 50


class Standing(NamedTuple):
    """The newest pinned memories, and what is said of these and of what was found."""

    pinned: list[Row]
    doubted: frozenset[UUID]
    overtaken: dict[UUID, Overtaken]
    degraded: tuple[str, ...] = ()


def now(call: Call, wanted: ContextRequest, found: Sequence[UUID]) -> Standing:
    """Tell how they stand now."""
    pinned = store.pinned(call.tx, wanted.project_id, at=since(call.now, superseded=wanted.superseded), limit=PINS)
    over = ended(call, [row["id"] for row in pinned]) if wanted.superseded else {}
    return Standing(pinned, store.conflicted(call.tx, found), over)


def then(call: Call, wanted: ContextRequest, as_of: datetime) -> Standing:
    """Tell how they stood at a time, as whoever asks may see it."""
    reach = Past(as_of=as_of, reader=call.principal.reader_id, projects=[wanted.project_id])
    known = list(islice(memories.known(call.tx, reach), MOST + 1))
    looked = known[:MOST]
    pinned = [one for one in looked if one.pinned and (wanted.superseded or one.overtaken is None)]
    newest = sorted(pinned, key=lambda one: (-one.updated_at.timestamp(), one.id))[:PINS]
    return Standing(
        [msgspec.structs.asdict(one) for one in newest],
        frozenset(one.id for one in looked if one.conflicted),
        {one.id: one.overtaken for one in newest if one.overtaken is not None},
        (TOO_MANY,) if len(known) > MOST else (),
    )
