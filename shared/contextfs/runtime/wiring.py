"""The one place that builds things: from settings to services, doors, relay and worker."""

import os
from datetime import timedelta
from functools import cache, cached_property
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from contextfs.adapters.database.address import Address
from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.adapters.limits.postgres import PostgresAllowances
from contextfs.adapters.limits.process import ProcessAllowances
from contextfs.kit import pepper, regions
from contextfs.kit.allowance import Allowances
from contextfs.kit.call import Language, Services
from contextfs.kit.clock import Clock, system_clock
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.events import matches
from contextfs.kit.identity import IdentityProviders, SignInService
from contextfs.kit.languages import chosen
from contextfs.kit.personal import PERSONAL, Personal
from contextfs.kit.ports import Blobs, Bus, Database, Embedder, Reader, Reranker, Transcripts, Webhooks
from contextfs.kit.regions import Regions
from contextfs.kit.settings import Settings, from_environment
from contextfs.runtime import secrets
from contextfs.runtime.addresses import Addresses
from contextfs.runtime.allowance.allowance import Allowance, Quotas, quotas
from contextfs.runtime.allowance.leases import Leases
from contextfs.runtime.door.door import Door
from contextfs.runtime.events.waker import Waker
from contextfs.runtime.proxying import upstreams
from contextfs.runtime.table import Route, Schedule, Trigger

if TYPE_CHECKING:
    from contextfs.runtime.events.reaction import Reactor
    from contextfs.runtime.events.sweep import Sweep

LOCAL = "local"


class Wiring:
    """A process's parts, each built when it is first asked for."""

    def __init__(self, settings: Settings, clock: Clock = system_clock, *, addresses: Addresses | None = None) -> None:
        self.settings = settings
        self.clock = clock
        self.addresses = addresses or Addresses(settings)
        self.database = PostgresDatabase(
            self.addresses.of("database_url") or "",
            size=settings.pool_size,
            shared=settings.database_shared,
            name="CONTEXTFS_DATABASE_URL",
        )
        self.waker = Waker(self.database)
        leases = Leases(self._allowances(), ProcessAllowances())
        self.allowance = Allowance(leases, _quotas(settings))
        self.services = Services(
            database=self.database,
            embedder=cache(self._embedder),
            embedder_of=cache(self._embedder_of),
            reranker=cache(self._reranker),
            language=cache(self._language),
            key_pepper=pepper.read(settings.key_pepper),
            redaction_key=settings.redaction_key.encode(),
            personal=frozenset[Personal](one for one in PERSONAL if one in settings.personal.split(",")),
            languages=chosen(settings.languages.split(",")),
            entropy=os.urandom,
            # A cloud stops a process when it has answered, and would stop the waker inside its transaction.
            wake_relay=self.waker.wake if settings.cloud == "local" else lambda: None,
            identity=cache(self._identity),
            sign_in=cache(self._sign_in),
            webhooks=cache(self._webhooks),
            public_url=(settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/"),
            trusted_hops=settings.trusted_hops,
            upstreams=upstreams.read(settings.upstreams),
            regions=_regions(settings),
            counts_alone=lambda: leases.is_alone(clock()),
            transcripts=cache(self._transcripts),
            blobs=cache(self.blobs),
            export_limit=settings.export_megabytes * 1_000_000,
            reader=_reader(self.addresses.of("sql_database_url")),
        )
        self.door = Door(self.services, clock, self.allowance, triggers())

    @cached_property
    def reactor(self) -> "Reactor":
        """What takes events."""
        from contextfs.runtime.events.reaction import Reactor  # noqa: PLC0415 - calls need none

        return Reactor(self.services, self.clock)

    def platform(self) -> PostgresDatabase:
        """Connect as the role that carries events: none of its transactions waits for anything but the database."""
        address = self.addresses.of("relay_database_url")
        if address is None:
            raise Invalid("Setting CONTEXTFS_RELAY_DATABASE_URL is missing: the relay and the worker need it.")
        return PostgresDatabase(address, size=2, name="CONTEXTFS_RELAY_DATABASE_URL")

    def bus(self, platform: Database) -> Bus:
        """Choose the bus that the setting `cloud` names; on one machine it is in the platform's own database."""
        bus = self._local_bus(platform) if self.settings.cloud == "local" else self._cloud_bus
        known = self.services.regions
        if known is None:
            return bus
        from contextfs.journeys.react.border import HomeBus  # noqa: PLC0415 - only where there are regions

        return HomeBus(bus, platform, known, self.clock, self.services.entropy)

    def _local_bus(self, platform: Database) -> Bus:
        from contextfs.adapters.clouds.local.bus import LocalBus  # noqa: PLC0415 - only what publishes needs it

        return LocalBus(platform, consumers_of, self.clock)

    def sweep(self, platform: Database, bus: Bus) -> "Sweep":
        """Give a schedule what it works with."""
        from contextfs.runtime.events.sweep import Sweep  # noqa: PLC0415 - only schedules need it

        return Sweep(
            platform=platform,
            bus=bus,
            clock=self.clock,
            pepper=self.services.key_pepper,
            idle=timedelta(hours=self.settings.idle_hours) if self.settings.idle_hours else None,
            transcripts=self.services.transcripts,
            blobs=self.services.blobs,
        )

    @cached_property
    def _cloud_bus(self) -> Bus:
        """Connect to the cloud's bus. Its SDK is loaded here, and in no process that does not publish."""
        settings = self.settings
        if settings.events is None:
            raise Invalid("Setting CONTEXTFS_EVENTS is missing: it names what events are published to.")
        if settings.cloud == "gcp":
            from contextfs.adapters.clouds.gcp.bus import PubSubBus  # noqa: PLC0415 - as above

            return PubSubBus(settings.events, region=settings.region)
        from contextfs.adapters.clouds.aws.bus import EventBridgeBus  # noqa: PLC0415 - as above

        return EventBridgeBus(settings.events, region=settings.region)

    def blobs(self) -> Blobs | None:
        """Choose where files are kept, as the setting `files` says. A cloud's SDK is loaded where it is needed."""
        settings = self.settings
        if settings.files is None:
            return None
        bucket = settings.files.partition("://")[2]
        if settings.files.startswith("gs://"):
            from contextfs.adapters.clouds.gcp.blobs import StorageBlobs  # noqa: PLC0415 - as above

            return StorageBlobs(bucket)
        if settings.files.startswith("s3://"):
            from contextfs.adapters.clouds.aws.blobs import S3Blobs  # noqa: PLC0415 - as above

            return S3Blobs(bucket, region=settings.region if settings.cloud == "aws" else None)
        from contextfs.adapters.clouds.local.blobs import FolderBlobs  # noqa: PLC0415 - only where files are kept

        return FolderBlobs(
            Path(settings.files), secret=self.services.key_pepper, url=self.services.public_url, clock=self.clock
        )

    def close(self) -> None:
        """Give everything back."""
        self.waker.close()
        self.database.close()
        if "_cloud_bus" in vars(self):
            self._cloud_bus.close()

    def _allowances(self) -> Allowances:
        """Choose where allowances are counted."""
        if self.settings.cache_url is None:
            return PostgresAllowances(self.database)
        try:
            from contextfs.adapters.limits.redis import RedisAllowances  # noqa: PLC0415 - only where there is a cache
        except ModuleNotFoundError as error:
            cure = "pip install 'contextfs-platform[cache]'"
            raise Invalid(f"CONTEXTFS_CACHE_URL needs the package {error.name}: {cure}.") from error
        return RedisAllowances(self.settings.cache_url)

    def _identity(self) -> IdentityProviders:
        try:
            from contextfs.adapters.identity.providers import Providers  # noqa: PLC0415 - only where somebody signs in
        except ModuleNotFoundError as error:
            cure = "pip install 'contextfs-platform[sso]'"
            raise Unavailable(f"Single sign-on needs the package {error.name}: {cure}.") from error
        settings = self.settings
        return Providers(
            self.clock, self.services.key_pepper, loopback=settings.sso_loopback, dns_server=settings.dns_server
        )

    def _sign_in(self) -> SignInService | None:
        if self.settings.sign_in is None:
            return None
        try:
            return sign_in_service(self.settings.sign_in, self.settings, self.clock)
        except ModuleNotFoundError as error:
            cure = "pip install 'contextfs-platform[sso]'"
            raise Unavailable(f"CONTEXTFS_SIGN_IN needs the package {error.name}: {cure}.") from error

    def _webhooks(self) -> Webhooks:
        from contextfs.adapters.web import Web  # noqa: PLC0415 - an HTTP client, only where something is sent

        named = (self.settings.stream_networks or "").split(",")
        try:
            return Web(inside=[ip_network(one) for one in named if one])
        except ValueError as error:
            raise Invalid(f"Setting CONTEXTFS_STREAM_NETWORKS: {error}.") from error

    def _transcripts(self) -> Transcripts:
        from contextfs.adapters.transcripts.told import Readers  # noqa: PLC0415 - only where a record is read again

        return Readers()

    def _embedder(self) -> Embedder | None:
        named = self.settings.embedder or LOCAL
        return self._minilm if named == LOCAL else self._remote(named)

    def _embedder_of(self, model: str) -> Embedder | None:
        """Build what made vectors before the setting was changed: the local model, or what the settings still name."""
        if model == self.settings.embedder_before:
            return self._remote(model)
        minilm = self._minilm
        return minilm if minilm and minilm.model == model else None

    def _remote(self, named: str) -> Embedder:
        from contextfs.runtime import models  # noqa: PLC0415 - only where one is set

        try:
            return models.embedder(named, self.settings)
        except Invalid as error:  # words can be compared without it: a search is not the caller's mistake
            raise Unavailable(error.detail) from error

    @cached_property
    def _minilm(self) -> Embedder | None:
        if self.settings.model is None:
            return None
        from contextfs.adapters.embedders.minilm import MiniLM  # noqa: PLC0415 - numpy, only where vectors are made

        return MiniLM.load(Path(self.settings.model))

    def _reranker(self) -> Reranker | None:
        named = self.settings.reranker
        if named is None:
            return None
        from contextfs.runtime import models  # noqa: PLC0415 - as above

        try:
            return models.reranker(named, self.settings)
        except Invalid as error:  # as above
            raise Unavailable(error.detail) from error

    def _language(self) -> Language | None:
        name, prices = self.settings.language_model, self.settings.language_model_prices
        if name is None:
            return None
        if prices is None:
            raise Invalid("Setting CONTEXTFS_LANGUAGE_MODEL_PRICES is missing: say what the model costs (0.25/2).")
        into, out = map(float, prices.split("/"))
        from contextfs.runtime import models  # noqa: PLC0415 - as above

        model = models.language_model(name, self.settings)
        return Language(model=model, input_price=into, output_price=out, cap=self.settings.language_model_cap)


def _reader(address: Address | None) -> Reader | None:
    if address is None:
        return None
    from contextfs.adapters.database.untrusted import UntrustedReader  # noqa: PLC0415 - only where people write SQL

    return UntrustedReader(address)


def sign_in_service(named: str, settings: Settings, clock: Clock) -> SignInService:
    """Choose a sign-in service (`cognito:POOL/CLIENT`); none of them needs its cloud's SDK."""
    from contextfs.adapters.web import Web  # noqa: PLC0415 - an HTTP client, only where somebody signs in

    vendor, _, place = named.partition(":")
    web = Web(loopback=settings.sso_loopback)
    if vendor == "identity-platform":
        from contextfs.adapters.clouds.gcp.sign_in import IdentityPlatform  # noqa: PLC0415 - as above

        project, _, tenant = place.partition("/")
        return IdentityPlatform(project, tenant or None, web, clock)
    if vendor == "cognito":
        from contextfs.adapters.clouds.aws.sign_in import Cognito  # noqa: PLC0415 - as above

        pool, _, client_id = place.partition("/")
        return Cognito(pool, client_id, web, clock, secret=settings.sign_in_secret)
    from contextfs.adapters.clouds.local.sign_in import OpenIdProvider  # noqa: PLC0415 - as above

    client_id, _, issuer = place.partition("@")
    return OpenIdProvider(issuer, client_id, web, clock, settings.sign_in_secret)


def _regions(settings: Settings) -> Regions | None:
    """Read the table of regions; without one, this is the only place where organizations live."""
    if settings.regions is None:
        return None
    return regions.read(settings.regions, here=settings.region, key=settings.region_key, elsewhere=settings.elsewhere)


def _quotas(settings: Settings) -> Quotas:
    return quotas(
        principal=settings.limit_principal,
        organization=settings.limit_organization,
        address=settings.limit_address,
    )


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
    """Read this process's settings, once, with the texts of the secrets that they name."""
    return from_environment(secrets.resolved(os.environ))


@cache
def from_process() -> Wiring:
    """Wire this process by its environment, once."""
    settings = settings_of_process()
    return Wiring(settings, addresses=Addresses(settings, os.environ))
