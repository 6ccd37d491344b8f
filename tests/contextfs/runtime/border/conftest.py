"""Two regions on one machine: each with a Postgres server and a gateway of its own."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import msgspec
import psycopg
import pytest
from psycopg import sql

from contextfs.adapters.database import embedded
from contextfs.adapters.database.migrate import migrate
from contextfs.journeys.enter.organization import found, plan
from contextfs.kit.settings import Settings
from contextfs.runtime.wiring import Wiring
from tests.clients.proxy.model import Model
from tests.conftest import PASSWORDS, settings_for
from tests.contextfs.client.serving import serving_app
from tests.contextfs.runtime.processes import free_port, serving

KEY = "what-regions-sign-by-" * 2


@dataclass(frozen=True)
class Region:
    """A region that listens, its database as seen by its owner, and the model that it passes requests on to."""

    name: str
    url: str
    wired: Wiring
    database: str
    model: Model

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database past all policies."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(sql.SQL(query), values).fetchall()  # pyright: ignore[reportArgumentType] - of a test

    def found(self) -> "Organization":
        """Found an organization that lives here."""
        now = self.wired.clock()
        made = plan(organization="Org", email="owner@example.test", project="first", now=now, entropy=os.urandom)
        assert found(self.wired.services, made, now, region=self.name)
        return Organization(made.org_id, made.project_id, made.key)


@dataclass(frozen=True)
class Organization:
    """An organization, and its owner's key."""

    org_id: UUID
    project_id: UUID
    key: str

    def call(self, region: Region, method: str, path: str, **more: Any) -> httpx2.Response:
        """Call by the door of a region."""
        headers = {"authorization": f"Bearer {self.key}"} | more.pop("headers", {})
        return httpx2.request(method, f"{region.url}{path}", headers=headers, trust_env=False, timeout=60, **more)


def settings_of(name: str, database: str, regions: str) -> Settings:
    """Give the settings of a region: no secret but that of the border is the same in two of them."""
    return msgspec.structs.replace(
        settings_for(database), region=name, regions=regions, region_key=KEY, key_pepper=f"pepper-of-{name}-" * 3
    )


@pytest.fixture(scope="module")
def pair(new_schema: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Region, Region]]:
    """Give two regions, north and south."""
    data = tmp_path_factory.mktemp("south") / "data"
    ports = {"north": free_port(), "south": free_port()}
    table = " ".join(f"{name}=http://127.0.0.1:{port},https://{name}.example" for name, port in ports.items())
    with ExitStack() as stack:
        far = embedded.start(data, options={"fsync": "off"}).dsn()
        stack.callback(embedded.stop, data)
        migrate(far, passwords=PASSWORDS)
        made = [
            _region(stack, name, database, ports[name], table, data.parent)
            for name, database in (("north", new_schema()), ("south", far))
        ]
        yield made[0], made[1]


@pytest.fixture
def north(pair: tuple[Region, Region]) -> Region:
    """Give the one region."""
    return pair[0]


@pytest.fixture
def south(pair: tuple[Region, Region]) -> Region:
    """Give the other one."""
    return pair[1]


def _region(stack: ExitStack, name: str, database: str, port: int, table: str, home: Path) -> Region:
    model = Model()
    upstream = f"openai={stack.enter_context(serving_app(model.app()))}"
    files = str(home / f"files of {name}")
    settings = msgspec.structs.replace(settings_of(name, database, table), upstreams=upstream, files=files)
    url = stack.enter_context(serving("gateway", settings, home, port=port))
    wired = Wiring(settings)
    stack.callback(wired.close)
    return Region(name, url, wired, database, model)
