"""Doors for functions-framework, the host of Cloud Run and Cloud Functions: HTTP and CloudEvents, its ASGI variant."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import msgspec
from cloudevents.http import CloudEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from contextfs.kit.errors import MethodNotAllowed, NotFound
from contextfs.kit.events import Event
from contextfs.runtime import wiring
from contextfs.runtime.gateway import endpoint, respond
from contextfs.runtime.problems import problem
from contextfs.runtime.sweep import Sweep
from contextfs.runtime.table import Route, Schedule, Trigger


def target(name: str) -> Callable[..., Awaitable[Any]]:
    """Give the function of a row of the manifest; AttributeError when there is no such row."""
    for route in wiring.routes():
        if route.target == name:
            return http_target(route)
    for trigger in wiring.triggers():
        if trigger.target == name:
            return event_target(trigger)
    for schedule in wiring.schedules():
        if schedule.target == name:
            return clock_target(schedule)
    message = f"the manifest has no row with the target {name}"
    raise AttributeError(message)


def http_target(route: Route) -> Callable[[Request], Awaitable[Response]]:
    """Answer a route's requests; the host sends all paths here, so the path is matched again."""
    pattern, _, _ = compile_path(route.path)

    async def function(request: Request) -> Response:
        request_id = request.headers.get("x-request-id", "")
        match = pattern.match(request.url.path)
        if match is None:
            return respond(problem(NotFound(f"This function answers {route.path} only."), request_id))
        if request.method != route.method:
            return respond(problem(MethodNotAllowed(f"This function answers {route.method} only."), request_id))
        answer = endpoint(wiring.from_process().door, route, lambda _: match.groupdict())
        return await answer(request)

    function.__name__ = route.target
    return function


def event_target(trigger: Trigger) -> Callable[[CloudEvent], Awaitable[None]]:
    """Take a trigger's CloudEvents; an error makes the sender try again."""

    async def function(cloud_event: CloudEvent) -> None:
        event = msgspec.convert(cloud_event.get_data(), Event)
        await run_in_threadpool(wiring.from_process().reactor.react, trigger, event)

    function.__name__ = trigger.target
    return function


def clock_target(schedule: Schedule) -> Callable[[Request], Awaitable[Response]]:
    """Run a schedule when the clock's request comes."""

    async def function(_request: Request) -> Response:
        await run_in_threadpool(run_schedule, schedule)
        return Response(status_code=204)

    function.__name__ = schedule.target
    return function


def run_schedule(schedule: Schedule) -> None:
    """Run a schedule once, with a connection of its own."""
    wired = wiring.from_process()
    platform = wired.platform()
    try:
        sweep = Sweep(platform=platform, bus=wired.bus(platform), clock=wired.clock)
        import_module(f"functions.{schedule.name}").handle(sweep)
    finally:
        platform.close()
