"""The gateway: every route of the manifest in one ASGI app, as a laptop and a container serve them."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as Path
from starlette.routing import compile_path

from contextfs.kit.errors import BadInput, ContextFSError, MethodNotAllowed, NotFound, TooLarge
from contextfs.runtime.door import Door
from contextfs.runtime.http import HttpRequest, HttpResponse
from contextfs.runtime.problems import problem
from contextfs.runtime.table import Route

Endpoint = Callable[[Request], Awaitable[Response]]

_NOT_FOUND, _METHOD_NOT_ALLOWED = 404, 405
_NO_ID = ""


def gateway(door: Door, routes: Sequence[Route], *, on_stop: Callable[[], None] = lambda: None) -> Starlette:
    """Hang all doors in one app; `on_stop` runs after the last call has been answered."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        yield
        on_stop()

    return Starlette(
        routes=[Path(route.path, endpoint(door, route), methods=[route.method]) for route in _by_path(routes)],
        exception_handlers={_NOT_FOUND: _no_such_path, _METHOD_NOT_ALLOWED: partial(_no_such_method, routes)},
        lifespan=lifespan,
    )


def endpoint(door: Door, route: Route, values: Callable[[Request], Mapping[str, str]] | None = None) -> Endpoint:
    """Make a route's ASGI endpoint: it reads the request, and lets the door answer in a thread."""

    async def answer(request: Request) -> Response:
        try:
            body = await read_body(request, route.body_limit)
        except ClientDisconnect:
            return respond(problem(BadInput("The request ended before its body did."), _NO_ID))
        except TooLarge as error:
            return respond(problem(error, request.headers.get("x-request-id", _NO_ID)))
        asked = HttpRequest(
            method=request.method,
            path=request.url.path,
            path_values=values(request) if values else request.path_params,
            query=tuple(request.query_params.multi_items()),
            headers=dict(request.headers),
            body=body,
        )
        return respond(await run_in_threadpool(partial(door.answer, route, asked)))

    return answer


async def read_body(request: Request, limit: int) -> bytes:
    """Read a body of at most `limit` bytes; TooLarge as soon as it is longer, whatever its header says."""
    too_large = TooLarge(f"The body is larger than {limit} bytes: send it in smaller parts.", where="body")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise too_large
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise too_large
        parts.append(part)
    return b"".join(parts)


def respond(response: HttpResponse) -> Response:
    """Give our response the host's form."""
    return Response(response.body, status_code=response.status, headers=dict(response.headers))


def _by_path(routes: Sequence[Route]) -> list[Route]:
    """Put fixed paths before those with a value in them, so that none hides another."""
    return sorted(routes, key=lambda route: route.path.count("{"))


async def _no_such_path(request: Request, _error: Exception) -> Response:
    return _told(request, NotFound(f"There is nothing at {request.url.path[:200]}: see /v1/openapi.json."))


async def _no_such_method(routes: Sequence[Route], request: Request, _error: Exception) -> Response:
    path = request.url.path
    allowed = ", ".join(route.method for route in routes if compile_path(route.path)[0].match(path))
    response = _told(request, MethodNotAllowed(f"{path[:200]} does not answer {request.method}: use {allowed}."))
    response.headers["allow"] = allowed
    return response


def _told(request: Request, error: ContextFSError) -> Response:
    return respond(problem(error, request.headers.get("x-request-id", _NO_ID)))
