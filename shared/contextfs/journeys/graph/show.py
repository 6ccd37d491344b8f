"""Show a part of the graph: what lies around an entity or a memory, or what most memories mention."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.graph import store
from contextfs.domain.graph.model import Link, Neighbourhood, Node
from contextfs.domain.graph.neighbourhood import edges_between, meant, spellings, surroundings
from contextfs.domain.graph.stated import memory_node
from contextfs.domain.memories import store as memories
from contextfs.domain.projects import store as projects
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid, NotFound
from contextfs.kit.page import Position, decode, encode

BUSIEST = 24
"""Entities that a whole project is shown from."""

_LIST = "graph"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to show: around an entity, a memory, or neither; up to `depth` edges away, as it was known `at` a time."""

    project_id: UUID
    entity: str | None
    memory_id: UUID | None
    depth: int
    at: datetime
    limit: int
    cursor: str | None


def show(call: Call, wanted: Wanted) -> Neighbourhood:
    """Give a page of what lies around; NotFound where there is no such project, entity or memory to see.

    Later pages are of the moment of the first one.
    """
    projects.get(call.tx, wanted.project_id)
    after = decode(wanted.cursor, _LIST)
    at, skipped = (after.at, after.id.int) if after else (wanted.at, 0)
    center, begin, links = _begun(call, wanted, at)
    around = surroundings(begin, links, depth=wanted.depth)
    nodes = _seen(call, around.nodes)
    page = nodes[skipped : skipped + wanted.limit]
    shown = {one.id for one in nodes[: skipped + wanted.limit]}
    more = len(nodes) > skipped + wanted.limit
    return Neighbourhood(
        center=center,
        nodes=page,
        edges=edges_between(shown, {one.id for one in page}, around.links),
        truncated=_is_cut(links),
        next_cursor=encode(Position(at, UUID(int=skipped + wanted.limit)), _LIST) if more else None,
    )


def _begun(call: Call, wanted: Wanted, at: datetime) -> tuple[str | None, list[str], list[Link]]:
    """Find where to begin: the node that is meant, or the busiest of the project."""
    if wanted.entity is not None and wanted.memory_id is not None:
        raise Invalid("Both an entity and a memory are named: leave one of them out.", where="memory_id")
    if wanted.memory_id is not None:
        if memories.get(call.tx, wanted.memory_id).project_id != wanted.project_id:
            raise NotFound("There is no such memory in this project.")
        node = memory_node(wanted.memory_id)
        return node, [node], _around(call, wanted.project_id, at, memory_ids=[wanted.memory_id])
    if wanted.entity is None:
        busiest = store.busiest(call.tx, wanted.project_id, at=at, limit=BUSIEST)
        return None, busiest, _around(call, wanted.project_id, at, keys=busiest)
    keys = spellings(wanted.entity)
    links = _around(call, wanted.project_id, at, keys=keys)
    node = meant(keys, links)
    if node is None:
        raise NotFound("No memory of this project that you can see mentions that.")
    return node, [node], links


def _around(
    call: Call, project_id: UUID, at: datetime, *, keys: Iterable[str] = (), memory_ids: Iterable[UUID] = ()
) -> list[Link]:
    found = store.around(call.tx, keys=keys, memories=memory_ids, projects=[project_id], at=at)
    return found.get(project_id, [])


def _seen(call: Call, nodes: Iterable[Node]) -> list[Node]:
    """Name the memories among some nodes; those that the caller does not see are left out."""
    found = list(nodes)
    titles = store.titles(call.tx, [UUID(one.id.removeprefix("memory:")) for one in found if one.kind == "memory"])
    names: Mapping[str, str] = {memory_node(memory_id): name for memory_id, name in titles.items()}
    return [
        msgspec.structs.replace(one, name=names[one.id]) if one.kind == "memory" else one
        for one in found
        if one.kind != "memory" or one.id in names
    ]


def _is_cut(links: Iterable[Link]) -> bool:
    """Tell whether there was more than is looked at."""
    mentions = [one for one in links if one.relation == "mentions"]
    entities = {one.target for one in mentions}
    return len(entities) >= store.ENTITIES or any(one.total > store.HUB for one in mentions)
