"""The gateway: every route of the manifest in one ASGI app, as a laptop and a container serve them."""

import logging
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router, WebSocketRoute, compile_path
from starlette.routing import Route as Path
from starlette.types import ASGIApp, Receive, Scope, Send

from contextfs.kit.errors import BadInput, ContextFSError, MethodNotAllowed, NotFound, Unavailable
from contextfs.runtime.door.door import Door
from contextfs.runtime.files import PATH as FILES
from contextfs.runtime.files import Files
from contextfs.runtime.http.problems import problem, unexpected
from contextfs.runtime.http.reading import read
from contextfs.runtime.http.responding import respond
from contextfs.runtime.table import PROXY, STREAM, Route

if TYPE_CHECKING:
    from contextfs.runtime.border.border import Border
    from contextfs.runtime.proxying.endpoint import Endpoint as ProxyEndpoint

Endpoint = Callable[[Request], Awaitable[Response]]
App = TypeVar("App", bound=ASGIApp)

_NOT_FOUND, _METHOD_NOT_ALLOWED = 404, 405

_log = logging.getLogger(__name__)


def gateway(door: Door, routes: Sequence[Route], *, on_stop: Callable[[], None] = lambda: None) -> Starlette:
    """Hang all doors in one app; `on_stop` runs after the last call has been answered."""
    proxy = _proxy(door, routes)
    authorization = _Lazy(door, "server", lambda: _authorization(door, routes))
    paths = [
        *(_path(door, route) for route in _by_path(routes)),
        *_streams(door, routes),
        Path(f"{FILES}/{{key:path}}", Files(door).answer, methods=["GET"]),
        *(Path(path, authorization) for path in ("/", "/oauth/{path:path}", "/.well-known/{path:path}")),
        _proxied(proxy),
        Path("/mcp", _Lazy(door, "mcp", lambda: _mcp(door, routes))),
        Path("/scim/v2/{path:path}", _Lazy(door, "sso", lambda: _scim(door))),
    ]
    app = _hung(door, paths, proxy, on_stop)
    app.add_exception_handler(_METHOD_NOT_ALLOWED, partial(_no_such_method, door, routes))
    app.router.redirect_slashes = False
    return app


def streaming(door: Door, routes: Sequence[Route], *, on_stop: Callable[[], None]) -> Starlette:
    """Hang what stays open, streams of sessions and of models, as a service of its own serves it."""
    proxy = _proxy(door, routes)
    return _hung(door, [*_streams(door, routes), _proxied(proxy)], proxy, on_stop)


def _hung(
    door: Door, paths: Sequence[BaseRoute], proxy: "_Lazy[ProxyEndpoint]", on_stop: Callable[[], None]
) -> Starlette:
    """Make an app of paths, behind the border where there are several regions; what they hold open is closed last."""
    border = _border(door)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        yield
        if proxy.app is not None:
            await proxy.app.close()
        if border is not None:
            await border.close()
        on_stop()

    return Starlette(
        routes=paths,
        exception_handlers={_NOT_FOUND: partial(_no_such_path, door), Exception: partial(_fault, door)},
        middleware=[] if border is None else [Middleware(border.before)],
        lifespan=lifespan,
    )


def _border(door: Door) -> "Border | None":
    if door.services.regions is None:
        return None
    from contextfs.runtime.border.border import Border  # noqa: PLC0415 - only where there are several regions

    return Border(door, door.services.regions)


def _proxied(proxy: "_Lazy[ProxyEndpoint]") -> Path:
    """Hang what passes requests on to models: any method, on any path below an upstream."""
    return Path(f"{PROXY}/{{path:path}}", proxy)


def endpoint(door: Door, route: Route) -> Endpoint:
    """Make a route's ASGI endpoint: it reads the request, and lets the door answer in a thread."""

    async def answer(request: Request) -> Response:
        try:
            asked = await read(request, route.body_limit, door.services.trusted_hops)
        except ClientDisconnect:
            return _told(door, request, BadInput("The request ended before its body did."))
        except ContextFSError as error:
            return _told(door, request, error)
        return respond(await run_in_threadpool(partial(door.answer, route, asked)))

    return answer


class _Lazy(Generic[App]):
    """An app that is loaded when it is first asked for: it brings much, and most servers never hear of it."""

    def __init__(self, door: Door, extra: str, load: Callable[[], App]) -> None:
        self._door = door
        self._extra = extra
        self._load = load
        self._loading = threading.Lock()
        self.app: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            app = self.app or await run_in_threadpool(self._loaded)
        except ModuleNotFoundError as error:
            cure = f"pip install 'contextfs-platform[{self._extra}]'"
            absent = Unavailable(f"This server lacks this, for the package {error.name} is missing: {cure}.")
            await _told(self._door, Request(scope), absent)(scope, receive, send)
            return
        await app(scope, receive, send)

    def _loaded(self) -> App:
        """Load it once, however many ask for it at once."""
        with self._loading:
            if self.app is None:
                self.app = self._load()
            return self.app


def _proxy(door: Door, routes: Sequence[Route]) -> "_Lazy[ProxyEndpoint]":
    def load() -> "ProxyEndpoint":
        from contextfs.runtime.proxying.endpoint import Endpoint  # noqa: PLC0415 - see above

        return Endpoint(door, routes)

    return _Lazy(door, "server", load)


def _authorization(door: Door, routes: Sequence[Route]) -> ASGIApp:
    from contextfs.runtime.oauth import endpoint as oauth  # noqa: PLC0415 - see above

    return Router(oauth.hung(door, routes), redirect_slashes=False)


def _mcp(door: Door, routes: Sequence[Route]) -> ASGIApp:
    from contextfs.runtime.mcp.endpoint import Endpoint  # noqa: PLC0415 - see above

    return Endpoint(door, routes)


def _scim(door: Door) -> ASGIApp:
    from contextfs.runtime.scim.endpoint import Endpoint  # noqa: PLC0415 - see above

    return Endpoint(door)


def _streams(door: Door, routes: Sequence[Route]) -> list[WebSocketRoute]:
    """Hang the stream of a session where all routes of sessions are: it calls them."""
    if not any(route.name == "sessions.append" for route in routes):
        return []
    from contextfs.runtime.streaming.endpoint import Endpoint as StreamEndpoint  # noqa: PLC0415 - only where it is hung

    return [WebSocketRoute(STREAM, StreamEndpoint(door, routes).serve)]


def _path(door: Door, route: Route) -> Path:
    path = Path(route.path, endpoint(door, route), methods=[route.method])
    path.methods = {route.method}  # GET brought HEAD along, which no other host of the manifest answers
    return path


def _by_path(routes: Sequence[Route]) -> list[Route]:
    """Put fixed paths before those with a value in them, so that none hides another."""
    return sorted(routes, key=lambda route: route.path.count("{"))


async def _no_such_path(door: Door, request: Request, _error: Exception) -> Response:
    nothing = NotFound("There is nothing at this address: see /v1/openapi.json.")
    if "text/html" not in request.headers.get("accept", ""):
        return _told(door, request, nothing)
    from contextfs.runtime.oauth import pages  # noqa: PLC0415 - only where a person has gone astray

    return pages.message("Nothing is here", nothing.detail, status=_NOT_FOUND, more=pages.link("/", "To the beginning"))


async def _no_such_method(door: Door, routes: Sequence[Route], request: Request, _error: Exception) -> Response:
    path = request.scope["path"]
    allowed = ", ".join(sorted(route.method for route in routes if compile_path(route.path)[0].match(path)))
    response = _told(door, request, MethodNotAllowed(f"This address does not answer that method: use {allowed}."))
    response.headers["allow"] = allowed
    return response


async def _fault(door: Door, request: Request, error: Exception) -> Response:
    request_id = door.request_id(request.headers)
    _log.error("unexpected", exc_info=error, extra={"request_id": request_id})
    return _told(door, request, unexpected(request_id), request_id)


def _told(door: Door, request: Request, error: ContextFSError, request_id: str | None = None) -> Response:
    told_as = request_id or door.request_id(request.headers)
    response = respond(problem(error, told_as))
    response.headers["x-request-id"] = told_as
    return response
