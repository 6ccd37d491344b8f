"""A database that its server lacks is made, where no interface of the server's vendor makes it."""

from contextlib import suppress

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from contextfs.adapters.database.address import parsed
from contextfs.adapters.database.migrate import connected
from contextfs.adapters.database.telling import first_line
from contextfs.kit.errors import Unavailable

_ALWAYS_THERE = "postgres"


def create(url: str) -> bool:
    """Make the database of an address, unless its server has it; tells whether it was missing.

    `url` is of a role that may create databases. Several may ask at once. Unavailable when the server cannot be reached
    or the role may not, Invalid when the address is none.
    """
    parts = parsed(url)
    name = parts.get("dbname") or parts.get("user") or _ALWAYS_THERE  # libpq takes the user's name where none is said
    with connected(make_conninfo(url, dbname=_ALWAYS_THERE)) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is not None:
            return False
        statement = sql.SQL("create database {} encoding 'UTF8' template template0").format(sql.Identifier(name))
        try:
            with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):  # another one was quicker
                connection.execute(statement)
        except psycopg.Error as error:
            detail = f"The database {name} is not there, and could not be made: {first_line(error)}."
            raise Unavailable(detail) from error
    return True
