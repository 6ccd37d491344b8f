"""What roles of the database see and may, whatever claims they bring: asked of the database itself."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

import psycopg
from psycopg import errors, sql

from contextfs.adapters.database import address
from contextfs.adapters.database.address import Address

Connection = psycopg.Connection[tuple[Any, ...]]

_TABLES = """
select c.relname, c.relrowsecurity and c.relforcerowsecurity, pg_get_userbyid(c.relowner)
from pg_class as c
where c.relnamespace = 'contextfs'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migrations'
order by c.relname
"""
_ROLE = "select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = current_user"
_COUNT = "select count(*) from contextfs.{} where %(org)s::uuid is null or org_id = %(org)s"
_CLAIM = "select set_config(%s, %s, true)"

WISHES: Final[Mapping[str, str]] = {
    "read past row-level security": "set local row_security = off; select 1 from contextfs.memories",
    "switch row-level security off": "alter table contextfs.memories disable row level security",
    "drop a policy": "drop policy tenant on contextfs.memories",
    "make a policy of one's own": "create policy mine on contextfs.memories using (true)",
    "become the role that carries events": "set role contextfs_relay",
    "become the role that searches": "set role contextfs_search",
    "become the role that signs claims": "set role contextfs_claims",
    "become another role by a setting": "select set_config('role', 'contextfs_relay', false)",
    "join a role": "grant contextfs_relay to current_user",
    "read the key that claims are signed with": "table contextfs_secret.signing_key",
    "run a program": "copy (select 1) to program 'true'",
    "read a file of the server": "select pg_read_file('postgresql.conf')",
    "empty a table": "truncate contextfs.sessions cascade",
    "take the audit log back": "delete from contextfs.audit_log",
}
"""What nobody but the owner of the database may, as one or two statements."""


class Role:
    """A connection as one of the platform's roles. Every question is a transaction that is rolled back."""

    def __init__(self, url: Address) -> None:
        self._connection: Connection = psycopg.connect(address.now(url), autocommit=False, connect_timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @property
    def backend(self) -> int:
        """The process that serves this connection."""
        return self._connection.info.backend_pid

    @property
    def version(self) -> str:
        """The version of the database."""
        return f"PostgreSQL {self._connection.info.server_version // 10_000}"

    def is_mighty(self) -> bool:
        """Tell whether this role passes by row-level security, or could give itself the power to."""
        return bool(self._ask(_ROLE)[0][0])

    def tables(self) -> dict[str, tuple[bool, str]]:
        """List the tables: whether row-level security is forced on each, and who owns it."""
        return {name: (forced, owner) for name, forced, owner in self._ask(_TABLES)}

    def seen(self, tables: list[str], claims: Mapping[str, str], org: str | None = None) -> Iterator[tuple[str, int]]:
        """Count the rows that these claims show of each table, of one organization or of all.

        A table that cannot be asked, or not with these claims, shows nothing.
        """
        for table in tables:
            query = sql.SQL(_COUNT).format(sql.Identifier(table))
            try:
                for name, value in claims.items():
                    self._connection.execute(_CLAIM, (name, value))
                row = self._connection.execute(query, {"org": org}).fetchone()
                yield table, row[0] if row else 0
            except (errors.InsufficientPrivilege, errors.DataError, errors.RaiseException):
                yield table, 0
            finally:
                self._connection.rollback()

    def may(self, wish: str) -> bool:
        """Tell whether the database lets this role do something; nothing of it stays."""
        try:
            self._connection.execute(wish.encode())
        except psycopg.Error:
            return False
        finally:
            self._connection.rollback()
        return True

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query.encode()).fetchall()
        finally:
            self._connection.rollback()
