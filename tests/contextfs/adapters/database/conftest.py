"""Connections as the API's role, and tenants with rows in every table."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import as_role
from tests.contextfs.adapters.database.tenancy import Connection, Ids, settle_tenant


@pytest.fixture(scope="session")
def app_url(database_url: str) -> str:
    """Give the address of the shared database for the API's role."""
    return as_role(database_url, "contextfs_app")


@pytest.fixture(scope="session")
def ours(app_url: str) -> Ids:
    """Give a tenant that no test changes."""
    return settle_tenant(app_url)


@pytest.fixture(scope="session")
def theirs(app_url: str) -> Ids:
    """Give another tenant that no test changes."""
    return settle_tenant(app_url)


@pytest.fixture
def app(app_url: str) -> Iterator[Connection]:
    """Connect as the API's role; whatever a test leaves open is rolled back."""
    with psycopg.connect(app_url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def admin(database_url: str) -> Iterator[Connection]:
    """Connect as the role that sees everything; whatever a test leaves open is rolled back."""
    with psycopg.connect(database_url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="session")
def relay_url(database_url: str) -> str:
    """Give the address of the shared database for the relay's role."""
    return as_role(database_url, "contextfs_relay")
