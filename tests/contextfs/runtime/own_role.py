"""A role of the database that a test has for itself, with a password that it changes."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contextfs.adapters.database.postgres import PostgresDatabase


class OwnRole:
    """The role. Its addresses lead to the server by a socket."""

    def __init__(self, admin: "psycopg.Connection[Any]", url: str) -> None:
        self._admin, self._url = admin, url
        self.name = f"login_{uuid4().hex[:8]}"
        admin.execute(sql.SQL("create role {} login").format(sql.Identifier(self.name)))

    def set_password(self, password: str) -> str:
        """Change the password, and give it back."""
        self._admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(self.name), password))
        return password

    def address(self, password: str | None = None) -> str:
        """Give the address by which it logs in."""
        parts = conninfo_to_dict(self._url) | {"user": self.name, "password": password}
        return make_conninfo(**parts)  # pyright: ignore[reportArgumentType] - libpq keywords

    def disconnect(self) -> None:
        """End its connections, as a server does that fails over."""
        self._admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [self.name])


@contextmanager
def own_role(url: str) -> Generator[OwnRole]:
    """Give a role until the block ends."""
    with psycopg.connect(url, autocommit=True) as admin:
        role = OwnRole(admin, url)
        try:
            yield role
        finally:
            role.disconnect()
            admin.execute(sql.SQL("drop role {}").format(sql.Identifier(role.name)))


def backend(database: PostgresDatabase) -> int:
    """Tell which of the server's processes answers."""
    with database.transaction() as (tx, _):
        row = tx.one("select pg_backend_pid() as pid")
        assert row is not None
        return row["pid"]
