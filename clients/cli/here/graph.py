"""`ctx graph` in the store of this folder."""

from clients.cli.here import index as at
from clients.cli.here.store import opened
from clients.cli.shown import around, output
from contextfs.local.graph import showing
from contextfs.local.place import Place


def show(place: Place, entity: str | None, memory: str | None, *, depth: int, limit: int, json: bool) -> None:
    """Show what lies around an entity or a memory."""
    memory_id = None
    if memory is not None:
        with opened(place) as store:
            memory_id = store.get(store.find(memory)).id
    with at.opened(place) as index:
        found = showing.show(index, entity=entity, memory_id=memory_id, depth=depth, at=at.now(), limit=limit)
    if json:
        output.say_json(found)
    else:
        around.show(found)
