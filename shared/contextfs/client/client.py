"""The client: one server, one key, a part for each kind of thing."""

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from contextfs.client.address import Address, Id, as_uuid, find
from contextfs.client.admin import Admin
from contextfs.client.auth import Auth
from contextfs.client.context import Context
from contextfs.client.graph import Graph
from contextfs.client.invitations import Invitations
from contextfs.client.keys import Keys
from contextfs.client.memories import Memories
from contextfs.client.projects import Projects
from contextfs.client.retries import Retries
from contextfs.client.reviews import Reviews
from contextfs.client.roles import Roles
from contextfs.client.scim import Scim
from contextfs.client.search import Search
from contextfs.client.sessions import Sessions
from contextfs.client.sources import Sources
from contextfs.client.sql import Sql
from contextfs.client.sso import SingleSignOn
from contextfs.client.sync import Sync
from contextfs.client.system import System
from contextfs.client.transport import Transport
from contextfs.client.users import Users

T = TypeVar("T")


class ContextFS:
    """Calls a ContextFS server.

    Without arguments it calls the server that CONTEXTFS_URL and CONTEXTFS_API_KEY name, or else the one that `ctx up`
    started on this machine. `project_id` (CONTEXTFS_PROJECT_ID) is the project that is meant where none is named.

        with ContextFS() as client:
            client.memories.create("We deploy with uv.", type="decision", wait="searchable")
            for hit in client.search.hybrid("how do we deploy").hits:
                print(hit.relevance, hit.snippet)

    Safe to share between threads. Errors are those of `contextfs.kit.errors`; a call that failed for a passing reason
    is tried again (`attempts` in all), and a write is done once however often it is tried. `timeout` is in seconds.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        project_id: Id | None = None,
        timeout: float = 60.0,
        attempts: int = 5,
        retries: Retries | None = None,
    ) -> None:
        project = None if project_id is None else as_uuid(project_id, "project_id")
        address = find(os.environ, url=url, key=key, project_id=project)
        self._transport = Transport(address, timeout=timeout, retries=retries or Retries(attempts=attempts))
        self.sessions = Sessions(self._transport)
        self.memories = Memories(self._transport)
        self.reviews = Reviews(self._transport)
        self.search = Search(self._transport)
        self.graph = Graph(self._transport)
        self.context = Context(self._transport)
        self.projects = Projects(self._transport)
        self.users = Users(self._transport)
        self.roles = Roles(self._transport)
        self.invitations = Invitations(self._transport)
        self.keys = Keys(self._transport)
        self.auth = Auth(self._transport)
        self.sso = SingleSignOn(self._transport)
        self.scim = Scim(self._transport)
        self.sources = Sources(self._transport)
        self.sql = Sql(self._transport)
        self.admin = Admin(self._transport)
        self.sync = Sync(self._transport)
        self.system = System(self._transport)

    @property
    def address(self) -> Address:
        """The server, the key and the usual project."""
        return self._transport.address

    def call(
        self, method: str, path: str, reply: type[T], *, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> T:
        """Call a route that has no method of its own here, and decode its reply into a noun."""
        return self._transport.call(method, path, reply, query=query, body=body)

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"ContextFS({self.address.url!r})"
