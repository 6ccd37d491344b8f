"""A database that a server lacks is made by who may, once, however many ask; and it is theirs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contextfs.adapters.database.creation import create
from contextfs.kit.errors import Unavailable
from tests.conftest import as_role
from tests.contextfs.runtime.own_role import own_role

MADE = """
select d.datname, r.rolname, pg_encoding_to_char(d.encoding)
from pg_database as d inner join pg_roles as r on r.oid = d.datdba where d.datname = %s
"""


@pytest.fixture
def name(admin_url: str) -> Iterator[str]:
    """Give the name of a database that is not there; it is gone again afterwards."""
    named = f"made_{uuid4().hex[:8]}"
    yield named
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(named)))


def test_of_many_that_ask_at_once_one_makes_it_and_none_fails(admin_url: str, name: str) -> None:
    """A migrator of a managed database is no superuser: it may make databases and roles."""
    with own_role(admin_url) as migrator, psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("alter role {} createdb").format(sql.Identifier(migrator.name)))
        url = make_conninfo(migrator.address(migrator.set_password("of its own")), dbname=name)
        with ThreadPoolExecutor(8) as pool:
            missed = list(pool.map(create, [url] * 8))
        again = create(url)
        made = admin.execute(MADE, [name]).fetchall()
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    assert made == [(name, migrator.name, "UTF8")]
    assert any(missed)
    assert not again


def test_an_address_without_a_database_means_the_one_that_has_the_users_name(admin_url: str) -> None:
    with own_role(admin_url) as migrator, psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("alter role {} createdb").format(sql.Identifier(migrator.name)))
        parts = conninfo_to_dict(migrator.address(migrator.set_password("of its own")))
        url = make_conninfo(**{name: str(value) for name, value in parts.items() if name != "dbname"})
        missed = create(url)
        with psycopg.connect(url) as connection:
            there = connection.info.dbname
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(migrator.name)))

    assert missed
    assert there == migrator.name


def test_who_may_not_is_told_and_nothing_is_made(database_url: str, name: str) -> None:
    with pytest.raises(
        Unavailable, match=f"The database {name} is not there, and could not be made: permission denied"
    ):
        create(make_conninfo(as_role(database_url, "contextfs_app"), dbname=name))
