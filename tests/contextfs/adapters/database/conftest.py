"""Connections as the API's role, and tenants with rows in every table."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from contextfs.adapters.database import embedded
from tests.conftest import as_role
from tests.contextfs.adapters.database.tenancy import Connection, Ids, settle_tenant


@pytest.fixture(scope="session")
def database_url(new_schema: Callable[[], str]) -> str:
    """Give the admin URL of a database of this room's own: others clear their events away, of all tenants."""
    return new_schema()


@pytest.fixture(scope="session")
def app_url(database_url: str) -> str:
    """Give the address of the shared database for the API's role."""
    return as_role(database_url, "contextfs_app")


@pytest.fixture(scope="session")
def ours(database_url: str, relay_url: str) -> Ids:
    """Give a tenant that no test changes."""
    return _settled(database_url, relay_url)


@pytest.fixture(scope="session")
def theirs(database_url: str, relay_url: str) -> Ids:
    """Give another tenant that no test changes."""
    return _settled(database_url, relay_url)


def _settled(database_url: str, relay_url: str) -> Ids:
    """Write a tenant, and seal and cut its audit log as the platform does."""
    ids = settle_tenant(database_url)
    with psycopg.connect(relay_url, autocommit=True) as connection:
        while connection.execute("select contextfs.seal_audit(1000)").fetchone() != (0,):
            pass  # what other tests left unsealed comes first
        cutting = "select contextfs.cut_audit(%s, 1, 'signature', now(), gen_random_uuid())"
        assert connection.execute(cutting, [ids.org]).fetchone() == (1,)
    return ids


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


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Start a server that nobody else uses, for tests that kill it or make its roles; gives its data folder."""
    data = tmp_path_factory.mktemp("own-postgres") / "data"
    embedded.start(data, options={"fsync": "off"})
    yield data
    embedded.stop(data)


@pytest.fixture(scope="session")
def managed_database(admin_url: str, database_url: str) -> Iterator[Callable[[], str]]:
    """Give a function that makes an empty database as clouds do: its owner is no superuser, and pgvector is there."""
    owner = sql.Identifier(f"cloud_{secrets.token_hex(4)}")
    made: list[sql.Identifier] = []
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login createrole createdb password 'secret'").format(owner))
        roles = connection.execute("select rolname from pg_roles where rolname like 'contextfs\\_%'").fetchall()
        for (role,) in roles:  # who makes a role may hand it on; these were made by somebody else before
            connection.execute(sql.SQL("grant {} to {} with admin option").format(sql.Identifier(role), owner))

    def make() -> str:
        made.append(sql.Identifier(f"test_{secrets.token_hex(6)}"))
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(made[-1]))
            connection.execute(sql.SQL("alter database {} owner to {}").format(made[-1], owner))
        url = make_conninfo(admin_url, dbname=made[-1].as_string().strip('"'))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create extension vector")
        return make_conninfo(url, user=owner.as_string().strip('"'), password="secret")

    yield make
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for database in made:
            connection.execute(sql.SQL("drop database {} with (force)").format(database))
        connection.execute(sql.SQL("drop owned by {}").format(owner))
        connection.execute(sql.SQL("drop role {}").format(owner))
