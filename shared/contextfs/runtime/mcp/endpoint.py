"""The endpoint `/mcp`: who calls is asked first, then the official SDK speaks. It keeps nothing between two requests.

So any number of servers may stand behind one address, and a function in a cloud may be one of them.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from anyio import to_thread
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from contextfs.adapters.mcp.api import ServerSource
from contextfs.adapters.mcp.port import Source
from contextfs.adapters.mcp.server import server
from contextfs.kit.errors import Invalid
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.address import client_address
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.mcp.calls import Calls
from contextfs.runtime.oauth.metadata import challenge
from contextfs.runtime.table import Route

_ANSWERED: Final = frozenset({401, 429})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
_LOCAL: Final = TransportSecuritySettings(
    allowed_hosts=[one for name in _NAMES for one in (name, f"{name}:*")],
    allowed_origins=[one for name in _NAMES for one in (f"http://{name}", f"http://{name}:*")],
)
_PUBLIC: Final = TransportSecuritySettings(enable_dns_rebinding_protection=False)


class Endpoint:
    """An ASGI app. A request without a key that is known is answered before anything of it is read."""

    def __init__(self, door: Door, routes: Sequence[Route]) -> None:
        self._door = door
        self._routes = routes
        self._server: Server[Any] = server(self._source, version="0.1.0")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        refused = await to_thread.run_sync(lambda: self._refused(request))
        if refused is not None:
            headers = dict(refused.headers) | {"www-authenticate": challenge(self._door.services.public_url)}
            response = Response(refused.body, status_code=refused.status, headers=headers)
            await response(scope, receive, send)
            return
        manager = StreamableHTTPSessionManager(
            app=self._server, json_response=True, stateless=True, security_settings=_security(scope, request)
        )
        async with manager.run():
            await manager.handle_request({**scope, "headers": _trimmed(scope)}, receive, send)

    def _refused(self, request: Request) -> HttpResponse | None:
        """Ask the door who calls; gives its answer where it does not know, or lets nobody in for the moment."""
        answer = self._calls(request).answer("GET", "/v1/projects", query={"limit": 1})
        return answer if answer.status in _ANSWERED else None

    def _source(self, context: Any) -> Source:
        """Give the memory that a caller sees: that of `?project_id=`, or of the only project of the key."""
        request: Request = context.request
        named = request.query_params.get("project_id")
        try:
            project_id = UUID(named) if named else None
        except ValueError:
            raise Invalid(f"project_id is {named!r}, which is not an id.", where="query.project_id") from None
        return ServerSource(
            self._calls(request), project_id=project_id, now=self._door.clock, named_by="the address: /mcp?project_id=…"
        )

    def _calls(self, request: Request) -> Calls:
        address = client_address(request, self._door.services.trusted_hops)
        return Calls(self._door, self._routes, request.headers.get("authorization", ""), address)


def _trimmed(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Take away the white space around values, which is no part of them (RFC 9110, 5.5): a host may leave some."""
    return [(name, value.strip(b" \t")) for name, value in scope["headers"]]


def _security(scope: Scope, request: Request) -> TransportSecuritySettings:
    """Keep pages of browsers out of a server on this machine, under whatever name they reach it.

    Behind a proxy the name is the proxy's to check; there, too, a page has no key.
    """
    address = (scope.get("server") or ("", 0))[0]
    is_forwarded = "forwarded" in request.headers or "x-forwarded-for" in request.headers
    return _LOCAL if address in _LOOPBACK and not is_forwarded else _PUBLIC
