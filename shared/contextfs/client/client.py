"""The client: one server, one key, and a resource for each noun."""

import os
from collections.abc import Mapping
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from contextfs.client.http.retries import Retries
from contextfs.client.http.transport import Transport
from contextfs.client.login.address import Address, Id, as_uuid, find

if TYPE_CHECKING:
    from contextfs.client.resources.admin import Admin
    from contextfs.client.resources.audit_stream import AuditStreams
    from contextfs.client.resources.auth import Auth
    from contextfs.client.resources.context import Context
    from contextfs.client.resources.exports import Exports
    from contextfs.client.resources.graph import Graph
    from contextfs.client.resources.invitations import Invitations
    from contextfs.client.resources.keys import Keys
    from contextfs.client.resources.memories import Memories
    from contextfs.client.resources.networks import Networks
    from contextfs.client.resources.projects import Projects
    from contextfs.client.resources.redaction import Redaction
    from contextfs.client.resources.residency import ResidencySettings
    from contextfs.client.resources.reviews import Reviews
    from contextfs.client.resources.roles import Roles
    from contextfs.client.resources.scim import Scim
    from contextfs.client.resources.search import Search
    from contextfs.client.resources.sessions import Sessions
    from contextfs.client.resources.sources import Sources
    from contextfs.client.resources.sql import Sql
    from contextfs.client.resources.sso import SingleSignOn
    from contextfs.client.resources.sync import Sync
    from contextfs.client.resources.system import System
    from contextfs.client.resources.tokens import Tokens
    from contextfs.client.resources.users import Users

T = TypeVar("T")


class ContextFS:
    """A client of a ContextFS server.

    Without arguments it calls the server that CONTEXTFS_URL and CONTEXTFS_API_KEY name, or else the one that `ctx up`
    started on this machine. With `or_login`, it falls back to the server that somebody is logged in at.
    `project_id` (CONTEXTFS_PROJECT_ID) is the project of calls that name none.

        with ContextFS() as client:
            client.memories.create("We deploy with uv.", type="decision", wait="searchable")
            for hit in client.search.hybrid("how do we deploy").hits:
                print(hit.relevance, hit.snippet)

    Safe to share between threads. Errors are those of `contextfs.kit.errors`; a call that failed for a temporary reason
    is tried again (`attempts` in total), and a write is done once, however often it is tried. `timeout` is in seconds.
    """

    # The parts; each is made of the class and module named here.
    sessions: "Sessions"
    memories: "Memories"
    reviews: "Reviews"
    search: "Search"
    context: "Context"
    projects: "Projects"
    networks: "Networks"
    redaction: "Redaction"
    residency: "ResidencySettings"
    users: "Users"
    roles: "Roles"
    invitations: "Invitations"
    keys: "Keys"
    auth: "Auth"
    sso: "SingleSignOn"
    scim: "Scim"
    sources: "Sources"
    sql: "Sql"
    admin: "Admin"
    audit_stream: "AuditStreams"
    sync: "Sync"
    exports: "Exports"
    tokens: "Tokens"
    graph: "Graph"
    system: "System"

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        project_id: Id | None = None,
        timeout: float = 60.0,
        attempts: int = 5,
        retries: Retries | None = None,
        or_login: bool = False,
    ) -> None:
        project = None if project_id is None else as_uuid(project_id, "project_id")
        address = find(os.environ, url=url, key=key, project_id=project, or_login=or_login)
        self._transport = Transport(address, timeout=timeout, retries=retries or Retries(attempts=attempts))

    def __getattr__(self, name: str) -> Any:
        """Make a resource at its first use: most programs need two or three of them."""
        kind = ContextFS.__annotations__.get(name)
        if kind is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        part = getattr(import_module(f"contextfs.client.resources.{name}"), kind)(self._transport)
        setattr(self, name, part)
        return part

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *ContextFS.__annotations__})

    @property
    def address(self) -> Address:
        """The server, the key and the default project."""
        return self._transport.address

    def call(
        self,
        method: str,
        path: str,
        reply: type[T],
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        repeatable: bool = False,
    ) -> T:
        """Call a route that has no method here, and decode its reply into a noun.

        A call that is `repeatable`, because sending it twice does no harm, is sent without an Idempotency-Key.
        """
        return self._transport.call(method, path, reply, query=query, body=body, repeatable=repeatable)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"ContextFS({self.address.url!r})"
