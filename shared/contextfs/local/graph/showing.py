"""Show a part of the graph of a local store, as a server does."""

from datetime import datetime
from uuid import UUID

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
from contextfs.kit.errors import NotFound
from contextfs.local.base.connection import Base
from contextfs.local.graph.rows import around, busiest, titles
from contextfs.local.search.index import LocalIndex


def show(
    index: LocalIndex,
    *,
    entity: str | None,
    memory_id: UUID | None,
    depth: int,
    at: datetime,
    limit: int,
    cursor: str | None = None,
) -> Neighbourhood:
    """Give a page of what lies around an entity or a memory; of neither, of what most memories mention.

    NotFound where no memory mentions it.
    """
    moment, skipped = begun(cursor, at)
    center, begin, links = index.mended(lambda: _begun(index.base, entity, memory_id, moment))
    found = surroundings(begin, links, depth=depth)
    seen = named(found, titles(index.base, memories_in(found)))
    return page_of(seen, center, at=moment, skipped=skipped, limit=limit, truncated=is_cut(links))


def _begun(
    base: Base, entity: str | None, memory_id: UUID | None, at: datetime
) -> tuple[str | None, list[str], list[Link]]:
    if memory_id is not None:
        node = memory_node(memory_id)
        return node, [node], around(base, keys=(), memories=[str(memory_id)], at=at)
    if entity is None:
        nodes = busiest(base, at=at, limit=BUSIEST)
        return None, nodes, around(base, keys=nodes, memories=(), at=at)
    keys = spellings(entity)
    links = around(base, keys=keys, memories=(), at=at)
    node = meant(keys, links)
    if node is None:
        raise NotFound(f"No memory here mentions {entity!r}: `ctx graph show` lists what most of them mention.")
    return node, [node], links
