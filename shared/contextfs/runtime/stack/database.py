"""The stack's database: an embedded server, or an own one."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contextfs.adapters.database import embedded
from contextfs.adapters.database import migrate as schema
from contextfs.adapters.database.creation import create
from contextfs.adapters.database.migrate import connected
from contextfs.adapters.database.telling import first_line, translated
from contextfs.kit.errors import Conflict, Unavailable
from contextfs.kit.settings import Settings
from contextfs.runtime.stack.home import Home
from contextfs.runtime.stack.model import Secrets

NAME = "contextfs"
_HOLDER = """
select shobj_description(oid, 'pg_authid') from pg_roles where rolname = 'contextfs_app'
"""
# Who claims waits for another home, and does nothing while it migrates: a server may end both after a minute.
_PATIENT = "set idle_in_transaction_session_timeout = 0; set statement_timeout = 0"


def start_embedded(home: Home) -> str:
    """Start the embedded server, with our database in it; gives its administrator's URL."""
    url = embedded.start(home.database).dsn(NAME)
    try:
        create(url)
    except Unavailable as error:  # nobody gave its address
        raise Unavailable(f"The database in {home.database} runs, and takes no connection: see its log.") from error
    return url


def admin_url(home: Home, own: str | None) -> str | None:
    """Give the administrator's URL of the own server, or of the embedded one if it runs."""
    if own is not None:
        return own
    server = embedded.find(home.database) if home.database.exists() else None
    return server.dsn(NAME) if server else None


def measure(administrator: str) -> None:
    """Let the planner know what the tables hold now, without waiting for the minute in which the server looks itself.

    A table that is empty is left out: known to be so, it would be read whole when it no longer is.
    """
    with psycopg.connect(administrator, autocommit=True) as connection:
        filled = connection.execute(
            "select relname from pg_class"
            " where relnamespace = 'contextfs'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0"
        ).fetchall()
        for (name,) in filled:
            connection.execute(sql.SQL("analyze contextfs.{}").format(sql.Identifier(name)))


def unembedded(administrator: str) -> int:
    """Count the passages of this machine's database that wait for their vectors; Unavailable when it is away."""
    with translated(), psycopg.connect(administrator, autocommit=True) as connection:
        counted = connection.execute(
            "select count(*) from contextfs.vectors as v"
            " inner join contextfs.generations as g on g.org_id = v.org_id and g.id = v.generation_id"
            " where g.state = 'serving' and v.embedding is null"
        ).fetchone()
        return counted[0] if counted else 0


def check_logins(administrator: str, secrets: Secrets) -> None:
    """Look whether another home has the logins of a server of one's own: Conflict; roles are all databases' alike.

    Logins that nobody has are those of a new server, of programs that run without a home, or of an older version.
    """
    with connected(administrator) as connection:
        row = connection.execute(_HOLDER).fetchone()
    if row is not None and row[0] is not None and row[0] != _mark(secrets):
        raise Conflict(
            "Another home has the logins of this server, and would be shut out: a server has one installation. Bring "
            "that home's secrets.json and stack.json here, or take its logins, with DATABASE_URL as it is now: "
            "`DATABASE_URL=… ctx up --take-logins`."
        )


@contextmanager
def claimed_logins(administrator: str, secrets: Secrets, *, take: bool) -> Generator[None]:
    """Say on the server that its logins are those of this home, and set them inside; Conflict as `check_logins`.

    Who says something about a role keeps all others from it until it is committed, in whichever database of the server
    they are: of two homes that begin at once the second waits here, and then sees whose they are. `take` takes them.
    Unavailable when that cannot be said, or the connection is lost before the end.
    """
    try:
        with connected(administrator) as connection:
            connection.execute(_PATIENT)
            with connection.transaction():
                connection.execute(sql.SQL("comment on role contextfs_app is {}").format(sql.Literal(_mark(secrets))))
                if not take:
                    check_logins(administrator, secrets)  # by a connection that sees what was said before
                yield
    except psycopg.Error as error:
        raise Unavailable(
            f"The logins of this server could not be claimed: {first_line(error)}. Run it again."
        ) from error


def _mark(secrets: Secrets) -> str:
    """Name a home by what no other one has, without telling it: the password is as long as the hash."""
    return f"logins of {hashlib.sha256(secrets.app_password.encode()).hexdigest()[:16]}"


def passwords(secrets: Secrets) -> dict[str, str]:
    """Name the passwords of the roles that log in."""
    return {
        "contextfs_app": secrets.app_password,
        "contextfs_relay": secrets.relay_password,
        "contextfs_sql": secrets.sql_password,
    }


def check(home: Home, own: str | None, *, take_logins: bool) -> None:
    """Look whether a start would be refused by the database that runs, and change nothing; Conflict as that start."""
    administrator = admin_url(home, own)
    if administrator is None:
        return
    schema.check(administrator)
    if own is not None and not take_logins:
        check_logins(administrator, home.secrets())


def migrate(home: Home, administrator: str, *, shared: bool, take_logins: bool) -> None:
    """Bring the schema and the passwords of this home; on a server of one's own none of another home is overwritten."""
    secrets = home.secrets()
    schema.check(administrator)
    if not shared:
        schema.migrate(administrator, passwords=passwords(secrets))
        return
    if not take_logins:
        check_logins(administrator, secrets)
    schema.migrate(administrator)  # it makes the roles, where the server is new
    with claimed_logins(administrator, secrets, take=take_logins):
        schema.migrate(administrator, passwords=passwords(secrets))


def settings(home: Home, administrator: str, port: int) -> Settings:
    """Give the settings of the stack's processes."""
    secrets = home.secrets()
    return Settings(
        database_url=_as(administrator, "contextfs_app", secrets.app_password),
        relay_database_url=_as(administrator, "contextfs_relay", secrets.relay_password),
        sql_database_url=_as(administrator, "contextfs_sql", secrets.sql_password),
        key_pepper=secrets.key_pepper,
        redaction_key=secrets.redaction_key,
        model=str(home.model) if home.model.exists() else None,
        files=str(home.files),
        port=port,
    )


def _as(administrator: str, role: str, password: str) -> str:
    parts = conninfo_to_dict(administrator) | {"user": role, "password": password}
    return make_conninfo(**{name: str(value) for name, value in parts.items() if value is not None})
