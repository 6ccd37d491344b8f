"""The graph of what memories are about: `client.graph`."""

from datetime import datetime

from contextfs.client.http.transport import Transport
from contextfs.client.login.address import Id
from contextfs.domain.graph.model import Neighbourhood


class Graph:
    """Shows what is near entities and memories."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(
        self,
        project_id: Id,
        *,
        entity: str | None = None,
        memory_id: Id | None = None,
        depth: int = 2,
        as_of: datetime | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Neighbourhood:
        """Return a page of what is near an entity (`login.py`, `file:src/auth/login.py`) or a memory, nearest first.

        Without either, it is what most memories of the project mention. NotFound if nothing that you see mentions it.
        """
        query = {
            "project_id": project_id,
            "entity": entity,
            "memory_id": memory_id,
            "depth": depth,
            "as_of": as_of,
            "limit": limit,
            "cursor": cursor,
        }
        return self._transport.call("GET", "/v1/graph", Neighbourhood, query=query)
