"""A server on a real port, and people whose machines are linked with it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.contextfs.client.serving import serving
from tests.contextfs.local.places import PROJECT
from tests.contextfs.local.sync.linked import Linked

_PATIENCE_SECONDS = 120.0


@pytest.fixture(scope="session")
def sync_database(new_schema: Callable[[], str]) -> str:
    """Give the admin URL of a database of its own: here a relay runs, which others must not see."""
    return new_schema()


@pytest.fixture(scope="session")
def wiring(sync_database: str) -> Iterator[Wiring]:
    """Give the parts of a process on that database."""
    wired = Wiring(settings_for(sync_database))
    yield wired
    wired.close()


@pytest.fixture(scope="session")
def http(wiring: Wiring) -> Iterator[TestClient]:
    """Give an HTTP client of the gateway on that database."""
    with TestClient(gateway(wiring.door, routes())) as client:
        yield client


@pytest.fixture(scope="session")
def api_url(wiring: Wiring) -> Iterator[str]:
    """Give the address of a server."""
    with serving(wiring) as url:
        yield url


@pytest.fixture
def ann(tenant: Tenant) -> Tenant:
    """Give the first member of an organization that has the project of the stores."""
    reply = tenant.call("POST", "/v1/projects", {"name": "p", "id": str(PROJECT)})

    assert reply.status_code == 201, reply.text
    return replace(tenant, project_id=PROJECT)


@pytest.fixture
def ben(ann: Tenant, sync_database: str) -> Tenant:
    """Give another member of the same organization."""
    secret = ann.call("POST", "/v1/api-keys", {"name": "ben", "role": "member"}).json()["secret"]
    theirs = replace(ann, key=secret, user_id=uuid4())
    with psycopg.connect(sync_database, autocommit=True) as connection:
        connection.execute(
            "insert into contextfs.memberships (org_id, user_id, email, role, created_at, updated_at)"
            " values (%s, %s, 'ben@example.test', 'member', now(), now())",
            [ann.org_id, theirs.user_id],
        )
        connection.execute(
            "update contextfs.api_keys set user_id = %s where org_id = %s and hint = %s",
            [theirs.user_id, ann.org_id, secret[-4:]],
        )
    return theirs


@pytest.fixture
def linked(api_url: str, tmp_path: Path) -> Callable[[Tenant, str], Linked]:
    """Give a function that makes a machine of somebody's, by its name, with a store that is linked with the server."""

    def make(tenant: Tenant, name: str) -> Linked:
        root = tmp_path / name
        root.mkdir()
        return Linked.of(root, api_url, tenant)

    return make


@pytest.fixture
def settled(sync_database: str, ann: Tenant) -> Callable[[], None]:
    """Give a function that waits until every event of the organization was taken."""
    waiting = (
        "select (select count(*) from contextfs.outbox where org_id = %(org)s)"
        " + (select count(*) from contextfs.deliveries where org_id = %(org)s) as events"
    )

    def wait() -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        with psycopg.connect(sync_database, autocommit=True) as connection:
            while (row := connection.execute(waiting, {"org": ann.org_id}).fetchone()) and row[0]:
                assert time.monotonic() < until, "events are still on their way"
                time.sleep(0.05)

    return wait
