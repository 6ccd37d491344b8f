"""The one place that builds things: from settings to services, doors, relay and worker."""

import os
from functools import cache
from importlib import import_module
from pathlib import Path

from contextfs.adapters.clouds.local.bus import LocalBus
from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.adapters.database.untrusted import UntrustedReader
from contextfs.kit.call import Services
from contextfs.kit.clock import Clock, system_clock
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.events import matches
from contextfs.kit.identity import IdentityProviders
from contextfs.kit.ports import Embedder
from contextfs.kit.settings import Settings, from_environment
from contextfs.runtime.door import Door
from contextfs.runtime.reaction import Reactor
from contextfs.runtime.table import Route, Schedule, Trigger
from contextfs.runtime.waker import Waker


class Wiring:
    """A process's parts, each built when it is first asked for."""

    def __init__(self, settings: Settings, clock: Clock = system_clock) -> None:
        self.settings = settings
        self.clock = clock
        self.database = PostgresDatabase(settings.database_url, size=settings.pool_size)
        self.waker = Waker(self.database)
        self.services = Services(
            database=self.database,
            embedder=cache(self._embedder),
            key_pepper=settings.key_pepper.encode(),
            redaction_key=settings.redaction_key.encode(),
            entropy=os.urandom,
            wake_relay=self.waker.wake,
            identity=cache(self._identity),
            public_url=(settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/"),
            reader=UntrustedReader(settings.sql_database_url) if settings.sql_database_url else None,
        )
        self.door = Door(self.services, clock)
        self.reactor = Reactor(self.services, clock)

    def platform(self) -> PostgresDatabase:
        """Connect as the role that carries events."""
        if self.settings.relay_database_url is None:
            raise Invalid("Setting CONTEXTFS_RELAY_DATABASE_URL is missing: the relay and the worker need it.")
        return PostgresDatabase(self.settings.relay_database_url, size=4)

    def bus(self, platform: PostgresDatabase) -> LocalBus:
        """Choose the bus that the setting `cloud` names."""
        return LocalBus(platform, consumers_of, self.clock)

    def close(self) -> None:
        """Give everything back."""
        self.waker.close()
        self.database.close()

    def _identity(self) -> IdentityProviders:
        try:
            from contextfs.adapters.identity.providers import Providers  # noqa: PLC0415 - only where somebody signs in
        except ModuleNotFoundError as error:
            cure = "pip install 'contextfs-platform[sso]'"
            raise Unavailable(f"Single sign-on needs the package {error.name}: {cure}.") from error
        settings = self.settings
        return Providers(
            self.clock, settings.key_pepper.encode(), loopback=settings.sso_loopback, dns_server=settings.dns_server
        )

    def _embedder(self) -> Embedder | None:
        if self.settings.model is None:
            return None
        from contextfs.adapters.embedders.minilm import MiniLM  # noqa: PLC0415 - numpy, only where vectors are made

        return MiniLM.load(Path(self.settings.model))


def routes() -> tuple[Route, ...]:
    """Read the manifest's routes."""
    return import_module("functions.manifest").ROUTES


def triggers() -> tuple[Trigger, ...]:
    """Read the manifest's triggers."""
    return import_module("functions.manifest").TRIGGERS


def schedules() -> tuple[Schedule, ...]:
    """Read the manifest's schedules."""
    return import_module("functions.manifest").SCHEDULES


@cache
def consumers_of(event_type: str) -> tuple[str, ...]:
    """Name the triggers that take this type of event."""
    return tuple(trigger.name for trigger in triggers() if matches(event_type, trigger.on))


@cache
def settings_of_process() -> Settings:
    """Read this process's settings, once."""
    return from_environment(os.environ)


@cache
def from_process() -> Wiring:
    """Wire this process by its environment, once."""
    return Wiring(settings_of_process())
