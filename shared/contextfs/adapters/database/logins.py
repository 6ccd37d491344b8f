"""Logins of BI tools: roles of Postgres that each read the documented views of one organization.

Only the owner of the database may make them; `url` is theirs. What such a login may see is decided in the database, by
the name that it logged in with (migration `pre_bi_logins`). It does not pool or proxy: a tool connects by itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString, cast
from uuid import UUID

import msgspec
import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row

from contextfs.adapters.database.telling import first_line
from contextfs.kit.errors import Conflict, Invalid, NotFound, Unavailable
from contextfs.kit.ids import Entropy
from contextfs.kit.sql import load

PREFIX = "bi_"
_NAME_BYTES, _PASSWORD_BYTES = 6, 24
_SQL = load("contextfs.adapters.database", "logins.sql")

Connection = psycopg.Connection[DictRow]


class BiLogin(msgspec.Struct, frozen=True, kw_only=True):
    """A login: whose views it reads, of all projects (None) or of some; where the organization is gone, nothing."""

    login: str
    org_id: UUID | None
    project_ids: list[UUID] | None
    made_at: datetime | None


class BiLoginMade(msgspec.Struct, frozen=True, kw_only=True):
    """A login with the address to connect by, its password in it, which is told this once.

    `open` names functions of Postgres that disturb others and that this server's owner cannot shut to logins.
    `disconnected` is False where who is connected by the old password stays so, since this owner may not end sessions.
    """

    login: str
    url: str
    open: list[str] = []
    disconnected: bool = True


class BiLoginEnded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a login that was ended: it sees nothing, and nobody logs in with it.

    `disconnected` is False where who is connected stays so, seeing nothing, since this owner may not end sessions;
    `removed` where the role stays, since it owns something.
    """

    login: str
    disconnected: bool
    removed: bool


def make(
    url: str, org_id: UUID, project_ids: Sequence[UUID] | None, *, connections: int, entropy: Entropy
) -> BiLoginMade:
    """Make a login that reads an organization, or some projects of it; NotFound when there is no such organization."""
    login, password = f"{PREFIX}{entropy(_NAME_BYTES).hex()}", entropy(_PASSWORD_BYTES).hex()
    wanted = {"login": login, "org_id": org_id, "project_ids": list(project_ids) if project_ids else None}
    with _connected(url) as connection:
        verifier = _verifier(connection, login, password)
        try:
            _run(connection, "make", wanted | {"verifier": verifier, "connections": connections})
        except errors.ForeignKeyViolation:
            raise NotFound(f"There is no organization {org_id}.") from None
        row = _run(connection, "shut", {}).fetchone() or {"open": []}
    return BiLoginMade(login=login, url=_address(url, login, password), open=row["open"])


def rotate(url: str, login: str, *, entropy: Entropy) -> BiLoginMade:
    """Give a login another password, and disconnect who came by the old one; NotFound when there is no such login."""
    password = entropy(_PASSWORD_BYTES).hex()
    with _connected(url) as connection:
        _told(connection, "rotate", {"login": login, "verifier": _verifier(connection, login, password)})
        connection.commit()  # before this the old password still opens
        disconnected = _is_done(connection, "disconnect", login)
    return BiLoginMade(login=login, url=_address(url, login, password), disconnected=disconnected)


def drop(url: str, login: str) -> BiLoginEnded:
    """End a login, disconnect who is connected with it, and remove its role; NotFound when there is none."""
    with _connected(url) as connection:
        _told(connection, "end", {"login": login})
        connection.commit()  # it has ended, whatever holds its role
        disconnected = _is_done(connection, "disconnect", login)
        return BiLoginEnded(login=login, disconnected=disconnected, removed=_is_done(connection, "remove", login))


def listed(url: str, org_id: UUID | None = None) -> list[BiLogin]:
    """List the logins of all organizations, or of one."""
    with _connected(url) as connection:
        return [BiLogin(**row) for row in _run(connection, "list", {"org_id": org_id}).fetchall()]


def _told(connection: Connection, name: str, values: dict[str, Any]) -> None:
    row = _run(connection, name, values).fetchone()
    if row is None or not row["is_there"]:
        raise NotFound(f"There is no login {values['login']!r}: `ctx admin bi-login list` shows those that there are.")


def _is_done(connection: Connection, name: str, login: str) -> bool:
    row = _run(connection, name, {"login": login}).fetchone()
    connection.commit()
    return row is not None and row["is_done"]


class _connected:  # noqa: N801 - a context manager, which reads as a function does
    """A transaction as the owner; what the database says against it is told."""

    def __init__(self, url: str) -> None:
        try:
            self._connection = Connection.connect(url, row_factory=dict_row)
        except psycopg.Error as error:
            raise Unavailable(f"The database does not answer: {first_line(error)}") from error

    def __enter__(self) -> Connection:
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        try:
            if kind is None:
                self._connection.commit()
        except psycopg.Error as refused:
            error = refused
        finally:
            self._connection.close()
        if isinstance(error, errors.InsufficientPrivilege):
            raise Invalid("Only the owner of the database, who may create roles, makes and ends logins.") from error
        if isinstance(error, errors.UndefinedFunction | errors.UndefinedTable | errors.InvalidSchemaName):
            raise Conflict("The schema of this database is older: migrate it first.") from error
        if isinstance(error, psycopg.Error):
            raise Unavailable(f"The database refuses: {first_line(error)}") from error


def _run(connection: Connection, name: str, values: dict[str, Any]) -> psycopg.Cursor[DictRow]:
    return connection.execute(cast("LiteralString", _SQL[name]), values)


def _verifier(connection: Connection, login: str, password: str) -> str:
    """Make the password's SCRAM verifier: statements are logged, and others can see them run."""
    return connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()


def _address(url: str, login: str, password: str) -> str:
    parts = conninfo_to_dict(url) | {"user": login, "password": password}
    return make_conninfo(**{name: str(value) for name, value in parts.items() if value is not None})
