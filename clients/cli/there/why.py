"""`ctx why` on a server."""

from clients.cli.there import server
from contextfs.domain.context.record import PackRecord


def pack(name: str, project: str | None) -> PackRecord:
    """Read a pack."""
    with server.opened() as client:
        within = None if project is None else server.project_id(client, project)
        return client.context.get(name, project_id=within)
