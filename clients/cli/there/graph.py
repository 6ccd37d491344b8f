"""`ctx graph` on a server."""

from clients.cli.shown import around, output
from clients.cli.there import server


def show(entity: str | None, memory: str | None, *, depth: int, limit: int, project: str | None, json: bool) -> None:
    """Show what lies around an entity or a memory of a project."""
    with server.opened() as client:
        project_id = server.project_id(client, project)
        memories = client.memories.list(project_id=project_id)
        memory_id = None if memory is None else server.whole_id(memory, memories, "memory")
        found = client.graph.get(project_id, entity=entity, memory_id=memory_id, depth=depth, limit=limit)
    if json:
        output.say_json(found)
    else:
        around.show(found)
