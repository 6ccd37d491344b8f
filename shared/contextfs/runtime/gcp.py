"""Doors for functions-framework, the host of Cloud Run and Cloud Functions.

Routes are answered by the gateway itself, hung with the target's rows only. Triggers read their envelopes themselves:
the host's own CloudEvent signature refuses bare pushes of Pub/Sub and tells errors as plain text. So every function is
registered as an ASGI function of the HTTP signature, and what --asgi and --signature-type say does not matter.

An event that succeeded, or succeeded before, or failed for the last time and was buried, is answered 204. Anything else
is a problem, and the sender sends the event again: give each subscription a dead-letter policy, or a malformed event
(4xx) comes back until it expires. Who may send is not checked here: let only the pushing service account invoke a
trigger or a schedule.

The host answers the calls under way and then ends its process by the signal itself; all that is left to do here is to
send the telemetry of the calls that have ended.
"""

import signal
import threading
from collections.abc import Awaitable, Callable
from functools import cache, partial
from types import FrameType

from functions_framework import aio
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from contextfs.kit import envelopes
from contextfs.kit.errors import BadInput, ContextFSError, MethodNotAllowed
from contextfs.runtime import targets, telemetry
from contextfs.runtime.gateway import gateway
from contextfs.runtime.http.problems import problem
from contextfs.runtime.http.reading import read_body
from contextfs.runtime.http.responding import respond
from contextfs.runtime.table import MIB, Route, Schedule, Trigger
from contextfs.runtime.targets import Target, Wired
from contextfs.runtime.wiring import Wiring

Function = Callable[[Request], Awaitable[Response]]

_EVENT_LIMIT = MIB


@cache
def function(name: str) -> aio.HTTPFunction:
    """Give the function of a target name; AttributeError when the manifest has no such row."""
    target = targets.find(name)
    if target is None:
        message = f"the manifest has no row with the target {name}"
        raise AttributeError(message)
    targets.prepare(target)
    made = hang(target, partial(_process, name))
    made.__name__ = name
    return aio.http(made)


def hang(target: Target, wired: Wired) -> Function:
    """Make the function of a target; `wired` is asked for the process's parts at each call."""
    match target:
        case Trigger():
            return _trigger(target, wired)
        case Schedule():
            return _schedule(target, wired)
        case routes:
            return _routes(routes, wired)


def _routes(routes: tuple[Route, ...], wired: Wired) -> Function:
    hung = cache(lambda: gateway(wired().door, routes))

    async def answer(_request: Request) -> Response:
        return _Forwarded(hung())

    return answer


class _Forwarded(Response):
    """The answer of another app, which gets the request as it came: the host matched a path of its own before."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer."""
        await self._app({**scope, "path_params": {}}, receive, send)


def _trigger(trigger: Trigger, wired: Wired) -> Function:
    async def answer(request: Request) -> Response:
        parts = wired()

        def take(body: bytes) -> ContextFSError | None:
            attempt = envelopes.attempt_of(body)
            return targets.take(parts, trigger, lambda: envelopes.from_http(request.headers, body), attempt=attempt)

        return await _post(request, take)

    return answer


def _schedule(schedule: Schedule, wired: Wired) -> Function:
    async def answer(request: Request) -> Response:
        parts = wired()
        return await _post(request, lambda _: targets.run(parts, schedule))

    return answer


async def _post(request: Request, work: Callable[[bytes], ContextFSError | None]) -> Response:
    """Work on the body of a POST: 204, or a problem."""
    try:
        failed = await run_in_threadpool(work, await _body(request))
    except ContextFSError as error:
        failed = error
    if failed is None:
        return Response(status_code=204)
    response = respond(problem(failed, request.headers.get("x-request-id", "")))
    if isinstance(failed, MethodNotAllowed):
        response.headers["allow"] = "POST"
    return response


async def _body(request: Request) -> bytes:
    if request.method != "POST":
        raise MethodNotAllowed(f"This does not answer {request.method}: use POST.")
    try:
        return await read_body(request, _EVENT_LIMIT)
    except ClientDisconnect as error:
        raise BadInput("The request ended before its body did.") from error


@cache
def _process(name: str) -> Wiring:
    wired = targets.process(name)
    if wired.settings.otlp_endpoint is not None and threading.current_thread() is threading.main_thread():
        _flush_before(signal.SIGTERM)
    return wired


def _flush_before(number: signal.Signals) -> None:
    """Send telemetry as the signal comes, and then do what the host does."""
    host = signal.getsignal(number)

    def stop(given: int, frame: FrameType | None) -> None:
        telemetry.flush()
        if callable(host):
            host(given, frame)

    signal.signal(number, stop)
