"""Show a part of the graph."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from contextfs.domain.graph.model import EntityName, Neighbourhood
from contextfs.journeys.graph.show import Wanted, show
from contextfs.kit.call import Call
from contextfs.kit.fields import Moment
from contextfs.kit.page import Cursor, Limit

Depth = Annotated[int, Meta(ge=1, le=3, description="How many edges from the middle, at most.")]


def handle(
    call: Call,
    *,
    project_id: UUID,
    entity: EntityName | None = None,
    memory_id: UUID | None = None,
    depth: Depth = 2,
    as_of: Moment | None = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Neighbourhood:
    """Show what is around an entity or a memory, nearest first; without either, what most memories mention.

    `entity` together with `memory_id` is answered with 422.
    """
    wanted = Wanted(
        project_id=project_id,
        entity=entity,
        memory_id=memory_id,
        depth=depth,
        as_of=as_of,
        limit=limit,
        cursor=cursor,
    )
    return show(call, wanted)
