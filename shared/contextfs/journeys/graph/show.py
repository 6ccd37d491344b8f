"""Show a part of the graph: what lies around an entity or a memory, or what most memories mention."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.graph import store
from contextfs.domain.graph.model import Link, Neighbourhood
from contextfs.domain.graph.neighbourhood import (
    BUSIEST,
    begun,
    is_cut,
    meant,
    memories_in,
    named,
    page_of,
    spellings,
    surroundings,
)
from contextfs.domain.graph.stated import memory_node
from contextfs.domain.memories import store as memories
from contextfs.domain.projects import store as projects
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid, NotFound


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to show: around an entity, a memory, or neither; up to `depth` edges away, as it was valid at `as_of`."""

    project_id: UUID
    entity: str | None
    memory_id: UUID | None
    depth: int
    as_of: datetime | None
    limit: int
    cursor: str | None


def show(call: Call, wanted: Wanted) -> Neighbourhood:
    """Give a page of what lies around; NotFound where there is no such project, entity or memory to see.

    Later pages are of the moment of the first one.
    """
    projects.get(call.tx, wanted.project_id)
    at, skipped = begun(wanted.cursor, wanted.as_of or call.now)
    center, begin, links = _begun(call, wanted, at)
    around = surroundings(begin, links, depth=wanted.depth)
    titles = store.titles(call.tx, map(UUID, memories_in(around)))
    seen = named(around, {str(memory_id): title for memory_id, title in titles.items()})
    return page_of(seen, center, at=at, skipped=skipped, limit=wanted.limit, truncated=is_cut(links))


def _begun(call: Call, wanted: Wanted, at: datetime) -> tuple[str | None, list[str], list[Link]]:
    """Find where to begin: the node that is meant, or the busiest of the project."""
    if wanted.entity is not None and wanted.memory_id is not None:
        raise Invalid("Both an entity and a memory are named: leave one of them out.", where="memory_id")
    if wanted.memory_id is not None:
        if memories.get(call.tx, wanted.memory_id).project_id != wanted.project_id:
            raise NotFound("There is no such memory in this project.")
        node = memory_node(wanted.memory_id)
        return node, [node], _around(call, wanted, at, memory_ids=[wanted.memory_id])
    if wanted.entity is None:
        busiest = store.busiest(call.tx, wanted.project_id, at=at, back=wanted.as_of is not None, limit=BUSIEST)
        return None, busiest, _around(call, wanted, at, keys=busiest)
    keys = spellings(wanted.entity)
    links = _around(call, wanted, at, keys=keys)
    node = meant(keys, links)
    if node is None:
        raise NotFound("No memory of this project that you can see mentions that.")
    return node, [node], links


def _around(
    call: Call, wanted: Wanted, at: datetime, *, keys: Iterable[str] = (), memory_ids: Iterable[UUID] = ()
) -> list[Link]:
    found = store.around(
        call.tx,
        keys=keys,
        memories=memory_ids,
        projects=[wanted.project_id],
        at=at,
        back=wanted.as_of is not None,
    )
    return found.get(wanted.project_id, [])
