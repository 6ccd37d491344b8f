"""What a serverless host runs: a row of the manifest by its target name, in a process that is set up at its first call.

A host may load a function in one process and call it in copies of that process (gunicorn's workers, Lambda's
snapshots). So `prepare` only loads code, and whatever has threads or connections begins with `process`.
"""

import logging
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module

from contextfs.domain.events.rules import MOST_ATTEMPTS
from contextfs.kit import log
from contextfs.kit.errors import ContextFSError
from contextfs.kit.events import Event, matches
from contextfs.kit.ids import uuid7
from contextfs.runtime import telemetry, wiring
from contextfs.runtime.door.binding import bind
from contextfs.runtime.http.problems import unexpected
from contextfs.runtime.table import Route, Schedule, Trigger
from contextfs.runtime.wiring import Wiring

Target = tuple[Route, ...] | Trigger | Schedule
"""Some routes, a trigger, or a schedule."""
Wired = Callable[[], Wiring]

GATEWAY = "gateway"
"""The target that answers every route."""

_log = logging.getLogger(__name__)


def find(name: str) -> Target | None:
    """Give what a name stands for: a row's target (`memories_get`), a noun (`memories`), `gateway`; None otherwise."""
    if name == GATEWAY:
        return wiring.routes()
    routes = tuple(route for route in wiring.routes() if name in {route.target, route.group})
    events = (row for row in (*wiring.triggers(), *wiring.schedules()) if row.target == name)
    return routes or next(events, None)


def prepare(target: Target) -> None:
    """Load a target's handlers and read the settings: what is broken stops the host when it starts."""
    wiring.settings_of_process()
    if isinstance(target, tuple):
        for route in target:
            bind(route)
    else:
        import_module(f"functions.{target.name}")


@cache
def process(name: str) -> Wiring:
    """Set up this process by its environment, once: logs, telemetry, parts. `name` tells it apart in logs."""
    settings = wiring.settings_of_process()
    log.configure(name, settings.log_level)
    telemetry.configure(name, settings.otlp_endpoint)
    return wiring.from_process()


def take(wired: Wiring, trigger: Trigger, read: Callable[[], Event], *, attempt: int = 1) -> ContextFSError | None:
    """Let a trigger take the event that `read` gives; the error, if there is one, is for the sender to act upon.

    An event of a type that the trigger does not ask for is dropped: a sender's filter is coarser than the manifest. One
    that fails at the last attempt is buried where an admin sees it, and told as taken. Whatever cannot be buried (it is
    no event, or the database is away) is left to the sender's own dead letters.
    """
    seen: list[Event] = []

    def work() -> None:
        event = read()
        seen.append(event)
        if matches(event.type, trigger.on):
            wired.reactor.react(trigger, event)
        else:
            _log.warning("not for this trigger", extra={"target": trigger.name, "event_type": event.type})

    failed = _attempt(wired, trigger.name, work)
    if failed is None or not seen or attempt < MOST_ATTEMPTS:
        return failed
    return _attempt(wired, trigger.name, lambda: wired.reactor.bury(trigger, seen[0], failed, attempt))


def run(wired: Wiring, schedule: Schedule) -> ContextFSError | None:
    """Run a schedule once, with a connection of its own; the error, if there is one, is for the clock to act upon."""
    return _attempt(wired, schedule.name, partial(_sweep, wired, schedule))


def _sweep(wired: Wiring, schedule: Schedule) -> None:
    platform = wired.platform()
    try:
        sweep = wired.sweep(platform, wired.bus(platform))
        import_module(f"functions.{schedule.name}").handle(sweep)
    finally:
        platform.close()


def _attempt(wired: Wiring, name: str, work: Callable[[], None]) -> ContextFSError | None:
    """Work, and tell what went wrong in words that hold no content."""
    try:
        work()
    except ContextFSError as error:
        _log.warning("failed", extra={"target": name, "kind": type(error).__name__, "detail": error.detail})
        return error
    except Exception:  # noqa: BLE001 - nothing may reach the sender but an error of ours
        request_id = str(uuid7(wired.clock(), wired.services.entropy))
        _log.exception("unexpected", extra={"target": name, "request_id": request_id})
        return unexpected(request_id)
    return None
