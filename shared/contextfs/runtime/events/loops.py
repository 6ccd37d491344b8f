"""The loops of the relay and the worker: look for work, do it, wait to be woken; a lost database is waited for."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

from contextfs.adapters.database.address import Address
from contextfs.adapters.database.listen import Listener
from contextfs.domain.events.model import Delivery
from contextfs.journeys.react.deliver import claim, deliver, renew
from contextfs.journeys.react.relay import relay_once
from contextfs.kit.errors import Unavailable
from contextfs.runtime import wiring
from contextfs.runtime.events.renewal import EVERY, Renewal
from contextfs.runtime.table import Schedule
from contextfs.runtime.wiring import Wiring

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
_MEND_SECONDS = 0.5
_CLAIM = 8


class RelayLoop:
    """Empties the outbox. On one machine it is the clock, too, and runs the schedules; a cloud has one of its own."""

    def __init__(self, wired: Wiring) -> None:
        self._wired = wired
        self._platform = wired.platform()
        self._bus = wired.bus(self._platform)
        self._schedules = wiring.schedules() if wired.settings.cloud == "local" else ()
        self._due: dict[Schedule, datetime] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        listener = Listener(_relay_url(self._wired), "contextfs_outbox")
        try:
            while not stop.is_set():
                if not _mended(self._turn, stop):
                    listener.wait(_LOOK_SECONDS)
        finally:
            listener.close()
            self._platform.close()

    def _turn(self) -> bool:
        self._run_schedules()
        return relay_once(self._platform, self._bus, self._wired.clock) > 0

    def _run_schedules(self) -> None:
        now = self._wired.clock()
        for schedule in self._schedules:
            if now >= self._due.get(schedule, now):
                self._due[schedule] = now + timedelta(seconds=schedule.every_seconds)
                sweep = self._wired.sweep(self._platform, self._bus)
                import_module(f"functions.{schedule.name}").handle(sweep)


class WorkerLoop:
    """Takes deliveries that are due and hands each to its trigger.

    What is quick shares a lane; each slow trigger has one, a thread of its own, so that nothing waits behind slow work.
    One connection listens for all lanes.
    """

    def __init__(self, wired: Wiring) -> None:
        self._wired = wired
        self._platform = wired.platform()
        self._renewal = Renewal(self._platform, wired.clock)
        self._triggers = {trigger.name: trigger for trigger in wiring.triggers()}

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; a delivery that was begun is ended first."""
        lanes: dict[str, list[str]] = {}
        for trigger in self._triggers.values():
            lanes.setdefault("small" if trigger.size == "small" else trigger.name, []).append(trigger.name)
        bells = {lane: threading.Event() for lane in lanes}
        threads = [
            threading.Thread(target=self._loop, args=(consumers, bells[lane], stop), name=f"worker-{lane}")
            for lane, consumers in lanes.items()
        ]
        done = threading.Event()
        renewing = threading.Thread(target=self._renewal.run, args=(done,), name="worker-renewal")
        for thread in (*threads, renewing):
            thread.start()
        listener = Listener(_relay_url(self._wired), "contextfs_deliveries")
        while not stop.is_set() and any(thread.is_alive() for thread in threads):
            listener.wait(_LOOK_SECONDS)
            for bell in bells.values():
                bell.set()
        listener.close()
        for thread in threads:
            thread.join()
        done.set()
        renewing.join()
        self._platform.close()

    def _loop(self, consumers: list[str], bell: threading.Event, stop: threading.Event) -> None:
        while not stop.is_set():
            bell.clear()
            if not _mended(lambda: self._turn(consumers, stop), stop):
                bell.wait(_LOOK_SECONDS)

    def _turn(self, consumers: list[str], stop: threading.Event) -> bool:
        clock, entropy = self._wired.clock, self._wired.services.entropy
        claimed_at = clock()
        due = claim(self._platform, consumers, clock, entropy, limit=_CLAIM)
        for delivery in due:
            if stop.is_set():
                break
            if clock() - claimed_at > EVERY and not renew(self._platform, delivery, clock):
                continue  # it waited here for so long that somebody else has taken it
            with self._renewal.of(delivery):
                deliver(self._platform, delivery, self._consume, clock, entropy)
        return bool(due)

    def _consume(self, delivery: Delivery) -> None:
        self._wired.reactor.react(self._triggers[delivery.consumer], delivery.event)


def _mended(turn: Callable[[], bool], stop: threading.Event) -> bool:
    """Take a turn; when the database is away, or something went wrong, wait a little and say that there may be more.

    A loop that ended would leave what comes lying, and a schedule with a mistake in it would keep all behind it from
    running, also in the next process.
    """
    try:
        return turn()
    except Unavailable:
        pass
    except Exception as error:  # noqa: BLE001 - see above
        _log.exception("turn failed", extra={"kind": type(error).__name__})
    stop.wait(_MEND_SECONDS)
    return True


def _relay_url(wired: Wiring) -> Address:
    return wired.addresses.of("relay_database_url") or ""
