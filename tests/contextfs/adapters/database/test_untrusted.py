"""What people wrote, attacked as if no guard had read it: past the guard the connection and the database say no."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from contextfs.adapters.database.untrusted import UntrustedReader
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.ports import GenericQuery
from tests.conftest import as_role
from tests.contextfs.adapters.database.tenancy import Connection, Ids, assume

OF_PROJECTS = ("projects", "projects_history")
PRIVATE = {
    "sessions": "id = any(%s)",
    "sessions_history": "id = any(%s)",
    "messages": "session_id = any(%s)",
    "message_versions": "session_id = any(%s)",
    "memories": "id = any(%s)",
    "revisions": "memory_id = any(%s)",
}
TABLES = (*OF_PROJECTS, *PRIVATE)
Sign = Callable[..., Callable[[int], str]]


@pytest.fixture
def url(database_url: str) -> str:
    return as_role(database_url, "contextfs_sql")


@pytest.fixture
def signed(app_url: str) -> Sign:
    """Give a function that lets the database sign claims, as the API does."""

    def of(ids: Ids, reader: UUID | None = None, projects: list[UUID] | None = None) -> Callable[[int], str]:
        def sign(backend: int) -> str:
            with psycopg.connect(app_url) as connection:
                assume(connection, ids.org, reader or ids.user, projects)
                row = connection.execute("select contextfs.sign_claims(%s, 60)", [backend]).fetchone()
                assert row is not None
                return row[0]

        return sign

    return of


@pytest.fixture
def ask(url: str, signed: Sign, ours: Ids) -> Callable[..., Any]:
    """Give a function that reads with the claims of a tenant; it gives the answer."""
    reader = UntrustedReader(url, seconds=3)

    def read(query: str, sign: Callable[[int], str] | None = None, as_of: datetime | None = None) -> Any:
        return reader.read(query, GenericQuery(query), sign=sign or signed(ours), as_of=as_of, most_rows=1000)

    return read


def rows_of(table: str, org: UUID) -> str:
    return f"select 1 from contextfs.{table} where org_id = '{org}'"  # noqa: S608 - our own names


def test_the_tables_are_all_that_the_role_may_read(admin: Connection) -> None:
    rows = admin.execute(
        "select relname from pg_class where relnamespace = 'contextfs'::regnamespace"
        " and has_table_privilege('contextfs_sql', oid, 'select')"
    ).fetchall()

    assert {name for (name,) in rows} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_shows_its_own_organization_alone(
    ask: Callable[..., Any], signed: Sign, ours: Ids, theirs: Ids, table: str
) -> None:
    assert ask(rows_of(table, ours.org)).rows != []
    assert ask(rows_of(table, theirs.org)).rows == []
    assert ask(rows_of(table, ours.org), signed(theirs)).rows == []


@pytest.mark.parametrize("table", TABLES)
def test_a_table_shows_the_projects_of_who_asks_alone(
    ask: Callable[..., Any], signed: Sign, ours: Ids, table: str
) -> None:
    assert ask(rows_of(table, ours.org), signed(ours, projects=[ours.project])).rows != []
    assert ask(rows_of(table, ours.org), signed(ours, projects=[uuid4()])).rows == []


@pytest.mark.parametrize("table", PRIVATE)
def test_what_is_private_is_shown_to_its_author_alone(
    ask: Callable[..., Any], signed: Sign, ours: Ids, admin: Connection, table: str
) -> None:
    private = f"array['{ours.private_session}', '{ours.private_memory}']::uuid[]"
    query = rows_of(table, ours.org) + " and " + PRIVATE[table].replace("%s", private)

    assert ask(query).rows != []
    assert ask(query, signed(ours, reader=ours.colleague)).rows == []


@pytest.mark.parametrize("as_of", [None, datetime(2100, 1, 1, tzinfo=UTC)], ids=["now", "then"])
@pytest.mark.parametrize("view", ["projects", "sessions", "messages", "memories", "revisions"])
def test_a_view_shows_what_its_tables_do(
    ask: Callable[..., Any], signed: Sign, ours: Ids, theirs: Ids, view: str, as_of: datetime | None
) -> None:
    column = "id" if view == "projects" else "project_id"
    query = f"select 1 from {view} where {column} = '{ours.project}'"  # noqa: S608 - our own names

    assert ask(query, as_of=as_of).rows != []
    assert ask(query, signed(theirs), as_of).rows == []
    assert ask(query, signed(ours, projects=[ours.other_project]), as_of).rows == []


def test_a_second_statement_is_an_error(ask: Callable[..., Any], url: str) -> None:
    with psycopg.connect(url, autocommit=True) as listening:
        listening.execute("listen stolen")
        for attack in ("select 1; commit; notify stolen", "select 1; select 2", "select 1; rollback"):
            with pytest.raises(Invalid):
                ask(attack)

        assert list(listening.notifies(timeout=0.1)) == []


@pytest.mark.parametrize(
    "attack",
    [
        "select set_config('transaction_read_only', 'off', true)",
        "select * from contextfs.memories for update",
        "with gone as (delete from contextfs.memories returning *) select * from gone",
        "insert into contextfs.memories (org_id) values (gen_random_uuid())",
        "analyze contextfs.memories",
        "do $$ begin perform 1; end $$",
        "set local role contextfs_app",
        "copy (select 1) to stdout",
        "explain analyze select 1",
        "prepare p as select 1",
        "listen x",
        "show all",
    ],
)
def test_nothing_is_written(ask: Callable[..., Any], attack: str) -> None:
    with pytest.raises((Invalid, Unavailable)):
        ask(attack)


def test_all_of_it_is_read_only(ask: Callable[..., Any]) -> None:
    assert ask("select current_setting('transaction_read_only')").rows == [["on"]]


def test_all_steps_share_the_time_of_one_query(ask: Callable[..., Any], url: str, signed: Sign, ours: Ids) -> None:
    [[left]] = ask("select current_setting('statement_timeout')").rows

    assert left.endswith("ms")
    assert 0 < int(left.removesuffix("ms")) < 3000
    with pytest.raises(Invalid, match=r"^This took longer than 0\.5 seconds: "):
        UntrustedReader(url, seconds=0.5).read(
            "select pg_sleep(9)", GenericQuery("select 1"), sign=signed(ours), as_of=None, most_rows=1
        )


def test_many_slow_rows_take_no_longer_than_one(url: str, signed: Sign, ours: Ids) -> None:
    slow = "select n, pg_sleep(0.01) from generate_series(1, 900) as n"

    with pytest.raises(Invalid, match=r"^This took longer"):
        UntrustedReader(url, seconds=0.5).read(slow, GenericQuery(slow), sign=signed(ours), as_of=None, most_rows=1000)


def test_no_more_is_fetched_than_an_answer_holds(ask: Callable[..., Any]) -> None:
    """One row has half of what an answer holds: it is over long before all have been made."""
    answer = ask("select repeat('x', 2100000), pg_sleep(0.2) from generate_series(1, 100)")

    assert (len(answer.rows), answer.truncated) == (1, True)


def test_what_is_hopeless_is_not_begun(ask: Callable[..., Any]) -> None:
    with pytest.raises(Invalid, match=r"^This would take too long"):
        ask("select * from generate_series(1, 100000) as a, generate_series(1, 100000) as b")


def test_it_reads_a_text_as_the_guard_does_whatever_the_role_is_set_to(
    ask: Callable[..., Any], admin: Connection
) -> None:
    database = sql.Identifier(admin.info.dbname)
    own = {"standard_conforming_strings": "off", "client_encoding": "sjis"}
    query = r"select '\', '||pg_sleep(1)||', 'é'"
    with _set(admin, database, own):
        answer = ask(query)

    assert answer.rows == [["\\", "||pg_sleep(1)||", "é"]]


class _set:  # noqa: N801 - a context manager, which reads as a function does
    """The role's own settings in a database, for a moment."""

    def __init__(self, admin: Connection, database: sql.Identifier, own: dict[str, str]) -> None:
        self._admin, self._database, self._own = admin, database, own

    def __enter__(self) -> None:
        for name, value in self._own.items():
            given = sql.SQL("alter role contextfs_sql in database {} set {} = {}")
            self._admin.execute(given.format(self._database, sql.Identifier(name), sql.Literal(value)))
        self._admin.commit()

    def __exit__(self, *_: object) -> None:
        self._admin.execute(sql.SQL("alter role contextfs_sql in database {} reset all").format(self._database))
        self._admin.commit()


def test_few_run_at_once_and_who_comes_then_is_told(url: str, signed: Sign, ours: Ids) -> None:
    reader, free = UntrustedReader(url), Event()
    inside: list[int] = []

    def wait(backend: int) -> str:
        inside.append(backend)
        free.wait()
        return signed(ours)(backend)

    def one() -> Any:
        return reader.read("select 1", GenericQuery("select 1"), sign=wait, as_of=None, most_rows=1).rows

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(one) for _ in range(4)]
        while len(inside) < 4:
            time.sleep(0.01)
        try:
            with pytest.raises(Unavailable, match=r"^Other queries are running"):
                reader.read("select 1", GenericQuery("select 1"), sign=signed(ours), as_of=None, most_rows=1)
        finally:
            free.set()

        assert [each.result() for each in running] == [[[1]]] * 4
    assert reader.read("select 1", GenericQuery("select 1"), sign=signed(ours), as_of=None, most_rows=1).rows == [[1]]


def test_who_asks_does_not_see_what_others_ask(
    ask: Callable[..., Any], url: str, signed: Sign, theirs: Ids, database_url: str
) -> None:
    """As if no guard had read it: all of it runs as one role, and a role sees what else runs as itself."""
    slow = f"select 'words of theirs', pg_advisory_xact_lock({_HELD})"
    seen: set[str] = set()

    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_url, autocommit=True) as held:
        held.execute("select pg_advisory_lock(%s)", [_HELD])
        patient = UntrustedReader(url, seconds=60)
        running = pool.submit(patient.read, slow, GenericQuery(slow), sign=signed(theirs), as_of=None, most_rows=1)
        try:
            while not (held.execute(_WAITS).fetchone() or running.done()):
                time.sleep(0.01)
            seen |= {text.strip() for (text,) in ask(_RUNNING).rows}
        finally:
            held.execute("select pg_advisory_unlock_all()")
        assert running.result().rows == [["words of theirs", ""]]

    assert "" in seen
    assert [text for text in seen if "theirs" in text] == []


_HELD = 20_261_129
_WAITS = "select 1 from pg_stat_activity where usename = 'contextfs_sql' and wait_event_type = 'Lock'"
_RUNNING = "select query from pg_stat_activity where usename = 'contextfs_sql' and pid <> pg_backend_pid()"


def test_a_connection_serves_one_query(ask: Callable[..., Any], admin: Connection) -> None:
    backends = [ask("select pg_backend_pid()").rows[0][0] for _ in range(2)]

    assert backends[0] != backends[1]
    with pytest.raises(Invalid):
        ask("select 1 / 0")
    assert not list(_still_there(admin))


def _still_there(admin: Connection) -> Iterator[int]:
    """Give what is left of connections of the role, once they had a moment to end."""
    until = time.monotonic() + 60
    left: list[Any] = [None]
    while left and time.monotonic() < until:
        left = admin.execute("select pid from pg_stat_activity where usename = 'contextfs_sql'").fetchall()
        admin.rollback()
        time.sleep(0.02)
    yield from (pid for (pid,) in left)


def test_a_signature_lasts_two_minutes_at_the_most(app: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.user)
    row = app.execute(
        "select (substr(token, 65)::jsonb ->> 'expires')::numeric - extract(epoch from clock_timestamp())"
        " from contextfs.sign_claims(1, 100000) as token"
    ).fetchone()

    assert row is not None
    assert 100 < row[0] <= 120
