"""A server on a real port, and clients of it."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from contextfs.client import ContextFS
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.contextfs.client.serving import serving


@pytest.fixture(scope="session")
def wiring(new_schema: Callable[[], str]) -> Iterator[Wiring]:
    """Give the parts of a process on a database of its own: here a relay runs, which others must not see."""
    wired = Wiring(settings_for(new_schema()))
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
def client(api_url: str, tenant: Tenant) -> Iterator[ContextFS]:
    """Give a client of an organization of the test's own."""
    with ContextFS(api_url, tenant.key, project_id=tenant.project_id) as made:
        yield made
