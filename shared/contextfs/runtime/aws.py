"""Doors for AWS Lambda: `contextfs.runtime.aws.handler` is the target that the variable CONTEXTFS_TARGET names.

Routes (a row's target, or `gateway` for all of them) take HTTP events of API Gateway, function URLs and load balancers;
the load balancer's target group must have multi-value headers on, or a repeated query parameter loses values. Triggers
take events of EventBridge, alone or in batches of SQS; a batch is answered with the messages that failed, so that one
does not hold up the others: the event source mapping must report batch item failures, or they are lost. Schedules take
any event.

An event that failed for the last time is buried where an admin sees it, and told as taken. A malformed one can never
succeed, and is told as a failure like any other: after some tries the queue's redrive policy, or the function's
dead-letter target, gets it. Who may invoke is not checked here: permissions do that.

Lambda freezes a process as soon as it has answered and may end it without a signal, so telemetry is sent before each
answer, and nothing else needs an end.
"""

import logging
import os
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from contextfs.kit import envelopes
from contextfs.kit.errors import ContextFSError, Invalid
from contextfs.runtime import targets, telemetry
from contextfs.runtime.http.problems import MEDIA_TYPE
from contextfs.runtime.table import Route, Schedule, Trigger
from contextfs.runtime.targets import Target, Wired

Handler = Callable[[dict[str, Any], Any], Any]

VARIABLE = "CONTEXTFS_TARGET"

_TEXT = ["text/", "application/json", MEDIA_TYPE]


def __getattr__(name: str) -> Any:
    """Make `handler` when the host asks for it, which is while it starts; Invalid when the target is not known."""
    if name != "handler":
        message = f"module {__name__} has no attribute {name}"
        raise AttributeError(message)
    return function(os.environ.get(VARIABLE, ""))


@cache
def function(name: str) -> Handler:
    """Give the handler of a target name; Invalid when the manifest has no such row."""
    target = targets.find(name)
    if target is None:
        raise Invalid(f"Setting {VARIABLE}: the manifest has no row with the target {name!r}; `gateway` is all routes.")
    targets.prepare(target)
    return hang(target, partial(targets.process, name))


def hang(target: Target, wired: Wired) -> Handler:
    """Make the handler of a target; `wired` is asked for the process's parts at each call."""
    match target:
        case Trigger():
            answer = _trigger(target, wired)
        case Schedule():
            answer = _schedule(target, wired)
        case routes:
            answer = _routes(routes, wired)

    def handler(event: dict[str, Any], context: Any) -> Any:
        try:
            return answer(event, context)
        finally:
            telemetry.flush()

    return handler


def _routes(routes: tuple[Route, ...], wired: Wired) -> Handler:
    from mangum import Mangum  # noqa: PLC0415 - triggers and schedules start without HTTP

    from contextfs.runtime.gateway import gateway  # noqa: PLC0415 - as above

    logging.getLogger("mangum").setLevel(logging.WARNING)
    hung = cache(lambda: Mangum(gateway(wired().door, routes), lifespan="off", text_mime_types=_TEXT))

    def answer(event: dict[str, Any], context: Any) -> Any:
        return hung()(event, context)

    return answer


def _trigger(trigger: Trigger, wired: Wired) -> Handler:
    def take(notice: Mapping[str, Any] | str, attempt: int = 1) -> ContextFSError | None:
        return targets.take(wired(), trigger, lambda: envelopes.from_eventbridge(notice), attempt=attempt)

    def answer(event: dict[str, Any], _context: Any) -> Any:
        if "Records" in event:
            failed = [one["messageId"] for one in event["Records"] if take(one["body"], _attempt(one))]
            return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
        return _succeeded(take(event))

    return answer


def _attempt(record: Mapping[str, Any]) -> int:
    """Tell how often SQS has given this message, with this time."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))


def _schedule(schedule: Schedule, wired: Wired) -> Handler:
    return lambda _event, _context: _succeeded(targets.run(wired(), schedule))


def _succeeded(failed: ContextFSError | None) -> None:
    if failed is not None:
        raise failed
