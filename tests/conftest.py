"""A real Postgres for the whole run, a schema in it, and tenants to test with: each test founds its own."""

import gc
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from starlette.testclient import TestClient

from contextfs.adapters.database import embedded
from contextfs.adapters.database.migrate import migrate
from contextfs.domain.events.model import Delivery
from contextfs.domain.events.store import waiting
from contextfs.journeys.consolidate.due import announce
from contextfs.journeys.enter.organization import found, plan
from contextfs.journeys.react.deliver import claim, deliver
from contextfs.journeys.react.relay import relay_once
from contextfs.kit.ports import Database
from contextfs.kit.settings import Settings
from contextfs.runtime.gateway import gateway
from contextfs.runtime.table import Trigger
from contextfs.runtime.wiring import Wiring, routes, triggers

# Time is no matter of tests: a machine that is busy makes none of them wrong.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

GIVEN = "CONTEXTFS_TEST_DATABASE_URL"
"""Names the server on which the suite runs, in the place of one of its own."""

_LONG = ("tests/journeys/", "tests/events/")
"""Files of few tests that take as long as a hundred of others."""

PASSWORDS = {
    "contextfs_app": "app-password",
    "contextfs_relay": "relay-password",
    "contextfs_sql": "sql-password",
}


def pytest_configure(config: pytest.Config) -> None:
    """Load in each process of a whole run, while little is loaded, what reads the sources of all that is."""
    if hasattr(config, "workerinput"):
        import_module("scim2_client")


def pytest_collection() -> None:
    """Look for no garbage among what is loaded: it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage again, but not among what was loaded."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let files that take longer come first: who has the last one is alone with it for a short time then."""
    root = Path(__file__).parent.parent
    takes = Counter(item.path for item in items)
    takes |= Counter({path: 100 for path in takes if path.relative_to(root).as_posix().startswith(_LONG)})
    items.sort(key=lambda item: -takes[item.path])


@dataclass(frozen=True)
class Tenant:
    """An organization of a test's own, and an HTTP client that calls with its first key."""

    org_id: UUID
    user_id: UUID
    project_id: UUID
    key: str
    http: TestClient

    def call(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        """Call the API; give the response."""
        named = {"authorization": f"Bearer {self.key}"} | {name.replace("_", "-"): v for name, v in headers.items()}
        return self.http.request(method, path, json=json, headers=named)


@pytest.fixture(scope="session")
def admin_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give a server: that of CONTEXTFS_TEST_DATABASE_URL, or an embedded one that lives as long as the run."""
    given = os.environ.get(GIVEN)
    if given:
        yield given
        return
    data = tmp_path_factory.mktemp("postgres") / "data"
    options = {"fsync": "off", "max_connections": "400"}  # no test pulls its plug; some let whole regions run on it
    yield embedded.start(data, options=options).dsn()
    embedded.stop(data)


@pytest.fixture(scope="session")
def new_database(admin_url: str) -> Iterator[Callable[[], str]]:
    """Give a function that makes an empty database and tells its URL; they go at the end, or with their server."""
    made: list[str] = []

    def make() -> str:
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        made.append(name)
        return make_conninfo(admin_url, dbname=name)

    yield make
    if GIVEN in os.environ:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            for name in made:
                connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def new_schema(new_database: Callable[[], str]) -> Callable[[], str]:
    """Give a function that makes a database with the schema in it and tells its admin URL."""

    def make() -> str:
        url = new_database()
        migrate(url, passwords=PASSWORDS)
        return url

    return make


@pytest.fixture(scope="session")
def database_url(new_schema: Callable[[], str]) -> str:
    """Give the admin URL of the database that most tests share: they are told apart by tenant."""
    return new_schema()


def as_role(url: str, role: str) -> str:
    """Give the URL of a database as one of the platform's roles."""
    return make_conninfo(**(conninfo_to_dict(url) | {"user": role, "password": PASSWORDS[role]}))  # pyright: ignore[reportArgumentType] - libpq keywords


def settings_for(url: str, model: str | None = None, files: Path | None = None) -> Settings:
    """Give the settings of a process on this database; `files` is where it keeps exports."""
    return Settings(
        database_url=as_role(url, "contextfs_app"),
        relay_database_url=as_role(url, "contextfs_relay"),
        sql_database_url=as_role(url, "contextfs_sql"),
        key_pepper="pepper-for-tests-" * 2,
        dns_server="127.0.0.1:9",  # nobody answers there, at once
        redaction_key="redaction-key-for-tests-" * 2,
        model=model,
        files=str(files) if files else None,
    )


@pytest.fixture(scope="session")
def wiring(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    """Give a process's parts on the shared database, without an embedder."""
    wired = Wiring(settings_for(database_url, files=tmp_path_factory.mktemp("files")))
    yield wired
    wired.close()


@pytest.fixture(scope="session")
def http(wiring: Wiring) -> Iterator[TestClient]:
    """Give an HTTP client of the gateway with every route."""
    with TestClient(gateway(wiring.door, routes())) as client:
        yield client


@pytest.fixture
def found_tenant(wiring: Wiring, http: TestClient) -> Callable[[], Tenant]:
    """Give a function that founds an organization with a project and an owner's key."""
    return lambda: founded(wiring, http)


def founded(wiring: Wiring, http: TestClient) -> Tenant:
    """Found an organization with a project and an owner's key."""
    now = wiring.clock()
    founding = plan(organization="Org", email="owner@example.test", project="first", now=now, entropy=os.urandom)
    assert found(wiring.services, founding, now)
    return Tenant(founding.org_id, founding.user_id, founding.project_id, founding.key, http)


@pytest.fixture
def tenant(found_tenant: Callable[[], Tenant]) -> Tenant:
    """Give one organization."""
    return found_tenant()


@pytest.fixture
def other_tenant(found_tenant: Callable[[], Tenant]) -> Tenant:
    """Give another organization, which must see nothing of the first one."""
    return found_tenant()


@pytest.fixture
def settle_events(wiring: Wiring) -> Iterator[Callable[[], int]]:
    """Give a function that relays and delivers until no event is on its way; it tells how many were taken here."""
    platform = wiring.platform()
    bus = wiring.bus(platform)
    by_name = {trigger.name: trigger for trigger in triggers()}

    def settle() -> int:
        taken = 0
        while True:
            moved = relay_once(platform, bus, wiring.clock)
            due = claim(platform, list(by_name), wiring.clock, os.urandom, limit=100)
            for one in due:
                consumer = by_name[one.consumer]
                assert deliver(
                    platform,
                    one,
                    _consumer(wiring, consumer),
                    wiring.clock,
                    os.urandom,
                )
            taken += len(due)
            if not moved and not due and not _carried_elsewhere(platform):
                return taken

    yield settle
    platform.close()


def _carried_elsewhere(platform: Database) -> bool:
    """Tell whether a relay or a worker that runs beside the test has events in hand; lets it go on for a moment."""
    with platform.transaction() as (tx, _):
        is_carried = any(waiting(tx))
    if is_carried:
        time.sleep(0.01)
    return is_carried


@pytest.fixture
def sweep_and_settle(wiring: Wiring, settle_events: Callable[[], int]) -> Iterator[Callable[[], None]]:
    """Give a function that carries events, has what is due consolidated, and carries the events of that."""
    platform = wiring.platform()

    def settle() -> None:
        settle_events()
        while announce(platform, wiring.bus(platform), wiring.clock):
            settle_events()

    yield settle
    platform.close()


@pytest.fixture(scope="session")
def repository() -> Path:
    """Give the repository's root."""
    return Path(__file__).parent.parent


def _consumer(wiring: Wiring, trigger: Trigger) -> Callable[[Delivery], None]:
    def consume(delivery: Delivery) -> None:
        wiring.reactor.react(trigger, delivery.event)

    return consume
