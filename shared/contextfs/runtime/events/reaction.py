"""The path of every event: take it once, one transaction with claims, handle, settle, commit, and what comes after."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from contextfs.domain.access.store import assuming
from contextfs.domain.events import store
from contextfs.domain.events.model import Delivery
from contextfs.kit.call import Afterwards, Call, Outside, Services
from contextfs.kit.clock import Clock
from contextfs.kit.errors import ContextFSError
from contextfs.kit.events import Event
from contextfs.kit.ids import uuid7
from contextfs.kit.principal import Principal
from contextfs.kit.sql import load
from contextfs.runtime import telemetry
from contextfs.runtime.door.outside import OutsideError, leaving
from contextfs.runtime.door.settle import settle
from contextfs.runtime.table import Trigger

_SQL = load("contextfs.runtime.events")

Handle = Callable[[Call, Event], Any]


@dataclass(frozen=True)
class Reactor:
    """Hands events to triggers. It does not retry: whoever brings the event does."""

    services: Services
    clock: Clock

    def react(self, trigger: Trigger, event: Event) -> bool:
        """Let a trigger take an event; False when it took it before. What it does is done once, or not at all.

        Events of one subject come to one trigger one after the other, so that each sees what the others did. A trigger
        that has to ask outside leaves its transaction, and takes the event with the answer, in another one. What else a
        trigger gives back is done when its transaction is over; it is not done again.
        """
        with telemetry.span(trigger.name, {"event.type": event.type}, kind="consumer"):
            try:
                is_taken, afterwards = self._take(trigger, event, import_module(f"functions.{trigger.name}").handle)
            except OutsideError as left:
                is_taken, afterwards = self._take(trigger, event, _going_on(left.outside))
            if afterwards is not None:
                afterwards(partial(self._again, event))
            return is_taken

    def _take(self, trigger: Trigger, event: Event, handle: Handle) -> tuple[bool, Afterwards | None]:
        now = self.clock()
        opening = (
            assuming(event.org_id, event.reader),
            (_SQL["one_by_one"], {"queue": f"{trigger.name}:{event.subject}"}),
            (
                _SQL["consume"],
                {"org_id": event.org_id, "consumer": trigger.name, "event_id": event.id, "now": now},
            ),
        )
        with self.services.database.transaction(*opening) as (tx, (_, _, fresh)):
            if fresh is None:
                return False, None
            call = Call(principal=_platform(event), now=now, tx=tx, services=self.services)
            afterwards = leaving(handle(call, event), call)
            settle(call, audits=None, meters=None, request_id=str(event.id))
        if call.events:
            self.services.wake_relay()
        return True, afterwards

    @contextmanager
    def _again(self, event: Event, audits: str | None) -> Generator[Call]:
        """Open a further transaction for the same event."""
        with self.services.database.transaction(assuming(event.org_id, event.reader)) as (tx, _):
            call = Call(principal=_platform(event), now=self.clock(), tx=tx, services=self.services)
            yield call
            settle(call, audits=audits, meters=None, request_id=str(event.id))
        if call.events:
            self.services.wake_relay()

    def bury(self, trigger: Trigger, event: Event, error: ContextFSError, attempts: int) -> None:
        """Keep an event that failed too often among the dead letters of its organization."""
        now = self.clock()
        delivery = Delivery(consumer=trigger.name, event=event, attempts=attempts)
        with self.services.database.transaction(assuming(event.org_id, event.reader)) as (tx, _):
            told = f"{type(error).__name__}: {error.detail}"
            store.bury(tx, delivery, uuid7(now, self.services.entropy), error=told, now=now)


def _going_on(outside: Outside[None]) -> Handle:
    """Ask outside, and give what is left to do with the answer."""
    given = outside.ask()
    return lambda call, _: outside.then(call, given)


def _platform(event: Event) -> Principal:
    return Principal(
        org_id=event.org_id,
        actor_id=event.reader,
        actor="platform",
        user_id=event.reader,
        role="platform",
        permissions=("*",),
    )
