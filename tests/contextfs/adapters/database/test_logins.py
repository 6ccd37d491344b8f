"""Logins of BI tools, attacked by who holds one: any SQL, on a connection of their own, for as long as they like."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from contextfs.adapters.database import embedded, logins
from contextfs.adapters.database.migrate import migrate
from contextfs.domain.sql.views import VIEWS
from contextfs.kit.errors import Invalid, NotFound, Unavailable
from tests.conftest import PASSWORDS, as_role
from tests.contextfs.adapters.database.tenancy import Ids, settle_tenant

TABLES = ("projects", "sessions", "messages", "memories", "revisions")


class Shop(NamedTuple):
    """A database with two organizations in it, and a login of the first one."""

    url: str
    mine: Ids
    theirs: Ids
    login: str
    address: str


@pytest.fixture(scope="module")
def shop(new_schema: Callable[[], str]) -> Iterator[Shop]:
    """Give a database with two organizations, and a login for the first."""
    url = new_schema()
    mine, theirs = (settle_tenant(url) for _ in range(2))
    made = logins.make(url, mine.org, None, connections=3, entropy=os.urandom)
    yield Shop(url, mine, theirs, made.login, made.url)
    for one in logins.listed(url):
        logins.drop(url, one.login)


def run(address: str, query: str, *values: Any, autocommit: bool = True) -> list[Any]:
    """Run whatever somebody wrote; gives the rows, if there are any."""
    with psycopg.connect(address, autocommit=autocommit) as connection:
        cursor = connection.execute(query.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


def ids_of(address: str, view: str) -> set[UUID | str]:
    return {row[0] for row in run(address, f"table {view}")}


def test_it_reads_the_shared_things_of_its_organization_and_nothing_else(shop: Shop) -> None:
    assert ids_of(shop.address, "projects") == {shop.mine.project, shop.mine.other_project}
    assert ids_of(shop.address, "sessions") == {shop.mine.shared_session}
    assert ids_of(shop.address, "memories") >= {shop.mine.shared_memory, shop.mine.elsewhere_memory}
    assert shop.mine.private_memory not in ids_of(shop.address, "memories")
    assert shop.mine.private_memory not in {row[0] for row in run(shop.address, "select memory_id from revisions")}
    assert {row[0] for row in run(shop.address, "select session_id from messages")} == {shop.mine.shared_session}


def test_a_login_for_some_projects_reads_those(shop: Shop) -> None:
    made = logins.make(shop.url, shop.mine.org, [shop.mine.project], connections=3, entropy=os.urandom)

    assert ids_of(made.url, "projects") == {shop.mine.project}
    assert shop.mine.elsewhere_memory not in ids_of(made.url, "memories")
    assert shop.mine.shared_memory in ids_of(made.url, "memories")


def test_a_project_of_another_organization_opens_nothing(shop: Shop) -> None:
    made = logins.make(shop.url, shop.mine.org, [shop.theirs.project], connections=3, entropy=os.urandom)

    assert [run(made.url, f"table {view}") for view in TABLES] == [[]] * len(TABLES)


def test_the_views_are_those_of_direct_sql(shop: Shop) -> None:
    """With the same columns: what is told of the one is true of the other."""
    query = (
        "select table_name, column_name, data_type, ordinal_position from information_schema.columns"
        " where table_schema = %s order by 1, 4"
    )

    assert {row[0] for row in run(shop.url, query, "contextfs_bi")} == set(VIEWS)
    assert run(shop.url, query, "contextfs_bi") == run(shop.url, query, "contextfs_now")


FORGERIES = [
    "select set_config('app.org_id', '{org}', false), set_config('app.all_projects', 'on', false)",
    "select set_config('app.signed_claims', '{org}', false)",
    "set app.org_id = '{org}'",
    "set search_path = contextfs, contextfs_now",
    "select set_config('session_authorization', 'contextfs_app', false)",
    "set session authorization contextfs_app",
    "set role contextfs_app",
    "set role contextfs_views",
    "set role contextfs_bi",
    "select set_config('role', 'contextfs_sql', false)",
    "select contextfs.assume('{org}', '{org}', null)",
    "create function pg_temp.bi_claim(text) returns text language sql return '{org}'",
    "create temporary table bi_logins (login name, org_id uuid)",
    "create schema contextfs_secret2",
    "create table public.x (a int)",
    "do $$ begin perform set_config('app.org_id', '{org}', false); end $$",
    "insert into contextfs_secret.bi_logins values (session_user, '{org}', null, now())",
    "update contextfs_secret.bi_logins set org_id = '{org}'",
    "alter role current_user rename to contextfs_app2",
    "alter role current_user superuser",
    "grant contextfs_app to current_user",
    "create or replace view contextfs_bi.projects as select * from contextfs.projects",
    "alter view contextfs_bi.projects reset (security_barrier)",
]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_no_statement_shows_another_organization(forgery: str, shop: Shop) -> None:
    """Whether it is refused or does nothing: on the same connection, nothing of the other one is seen afterwards."""
    with psycopg.connect(shop.address, autocommit=True) as connection:
        connection.execute("set default_transaction_read_only = off")
        with suppress(psycopg.Error):
            connection.execute(forgery.format(org=shop.theirs.org).encode())
        seen = [connection.execute(f"table contextfs_bi.{view}".encode()).fetchall() for view in TABLES]

    assert [len(rows) > 0 for rows in seen] == [True] * len(TABLES)
    assert not {str(one) for one in vars(shop.theirs).values()} & {str(row[0]) for rows in seen for row in rows}


def test_row_level_security_is_not_switched_off(shop: Shop) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        run(shop.address, "set row_security = off; table projects")


REFUSED = [
    *(f"table contextfs.{table}" for table in (*TABLES, "passages", "api_keys", "audit_log", "organizations")),
    *(f"table contextfs_now.{view}" for view in TABLES),
    *("select * from contextfs_secret.bi_logins", "select * from contextfs_secret.signing_key"),
    "select contextfs_secret.make_bi_login('bi_x', gen_random_uuid(), null, 'x', 1)",
    "select contextfs_secret.end_bi_login(session_user)",
    "select contextfs.bi_claim('org_id') from contextfs.projects",
    "select contextfs.seal_audit(1)",
    "select contextfs.sign_claims(pg_backend_pid(), 60)",
    *(
        "select pg_read_file('/etc/passwd')",
        "select pg_ls_dir('.')",
        "select * from pg_authid",
        "select * from pg_shadow",
    ),
    *(
        "copy contextfs_bi.projects to '/tmp/x'",
        "copy contextfs_bi.projects to program 'cat'",
        "create extension dblink",
    ),
    *("select lo_creat(-1)", "select lo_from_bytea(0, 'x')", "select lo_import('/etc/passwd')", "select lo_create(0)"),
    *("select pg_advisory_lock(1)", "select pg_try_advisory_xact_lock(1)", "select pg_advisory_lock_shared(1)"),
    *("select pg_reload_conf()", "select pg_switch_wal()", "select pg_terminate_backend({backend})"),
    *(
        "select pg_cancel_backend({backend})",
        "alter system set work_mem = '1GB'",
        "checkpoint",
    ),
    *("insert into contextfs_bi.projects (id) values (gen_random_uuid())", "delete from contextfs_bi.memories"),
    *(
        "update contextfs_bi.memories set content = ''",
        "truncate contextfs_bi.memories",
        "drop view contextfs_bi.projects",
    ),
    *("create temporary table t (a int)", "create database x", "create role x", "create schema x"),
    *("select dblink('dbname=x', 'select 1')", "create server s foreign data wrapper f", "load 'dblink'"),
    *(
        "create trigger t instead of insert on contextfs_bi.projects execute function f()",
        "select * from pg_largeobject",
    ),
    "reassign owned by contextfs_views to current_user",
    *(
        "do $$ begin lock table contextfs_bi.projects in access exclusive mode; end $$",
        "create policy p on contextfs.projects using (true)",
    ),
    "select * from pg_stat_get_activity({backend}), pg_read_binary_file('PG_VERSION')",
]


WHY = (psycopg.ProgrammingError, psycopg.NotSupportedError, errors.ObjectNotInPrerequisiteState)


@pytest.mark.parametrize("query", REFUSED)
def test_what_it_is_not_for_is_refused(query: str, shop: Shop) -> None:
    with psycopg.connect(shop.url) as other:
        asked = query.format(backend=other.info.backend_pid)
        with psycopg.connect(shop.address, autocommit=True) as connection:
            connection.execute("set default_transaction_read_only = off")
            with pytest.raises(WHY):
                connection.execute(asked.encode())


STUMBLES = "select 1 from memories where content like '%{}' and content::int = 1"


def test_a_function_that_tells_sees_no_row_that_is_not_its_own(shop: Shop) -> None:
    """A cast that fails says what it could not cast: of deleted memories, private ones and others' it says nothing."""
    of = {
        "mine": shop.mine.shared_memory,
        "deleted": shop.mine.elsewhere_memory,
        "private": shop.mine.private_memory,
        "theirs": shop.theirs.shared_memory,
    }
    change = "update contextfs.memories set content = %s, deleted = %s where id = %s"
    with psycopg.connect(shop.url) as owner:
        for name, memory_id in of.items():
            owner.execute(change, [f"the word {name}", name == "deleted", memory_id])
    told = {name for name in of if tells(shop, STUMBLES.format(name))}
    with psycopg.connect(shop.url) as owner:
        owner.execute(change, ["the word", False, shop.mine.elsewhere_memory])

    assert told == {"mine"}


def tells(shop: Shop, query: str) -> bool:
    """Tell whether a query stumbles over a row."""
    try:
        run(shop.address, query)
    except errors.InvalidTextRepresentation as error:
        return "the word" in str(error)
    return False


def test_others_queries_are_not_seen(shop: Shop) -> None:
    other = logins.make(shop.url, shop.theirs.org, None, connections=3, entropy=os.urandom)
    with psycopg.connect(other.url) as theirs, psycopg.connect(as_role(shop.url, "contextfs_app")) as app:
        theirs.execute("select 'their secret question'")
        app.execute("select 'our secret question'")
        seen = run(shop.address, "select query from pg_stat_activity where query like '%secret question%'")

    assert [query for (query,) in seen if "like" not in query] == []


def test_statistics_of_the_tables_are_not_seen(shop: Shop) -> None:
    with psycopg.connect(shop.url, autocommit=True) as owner:
        owner.execute("analyze contextfs.memories")

    assert run(shop.url, "select count(*) > 0 from pg_stats where schemaname = 'contextfs'") == [(True,)]
    assert run(shop.address, "select * from pg_stats where schemaname like 'contextfs%'") == []


def test_it_reads_for_a_minute_and_begins_read_only(shop: Shop) -> None:
    shown = [run(shop.address, f"show {name}")[0][0] for name in ("statement_timeout", "default_transaction_read_only")]

    assert shown == ["1min", "on"]
    assert run(shop.address, "show search_path") == [("contextfs_bi",)]


def test_it_holds_so_many_connections_and_no_more(shop: Shop) -> None:
    with ExitStack() as held:
        for _ in range(3):
            held.enter_context(psycopg.connect(shop.address))
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            psycopg.connect(shop.address)


def test_another_password_ends_the_old_one(shop: Shop) -> None:
    made = logins.make(shop.url, shop.mine.org, None, connections=3, entropy=os.urandom)
    rotated = logins.rotate(shop.url, made.login, entropy=os.urandom)

    assert run(rotated.url, "select count(*) from projects") == [(2,)]
    assert rotated.url != made.url
    if _asks_for_passwords(shop):
        with pytest.raises(psycopg.OperationalError, match="password"):
            run(made.url, "select 1")


def test_another_password_disconnects_who_came_by_the_old_one(shop: Shop) -> None:
    made = logins.make(shop.url, shop.mine.org, None, connections=3, entropy=os.urandom)
    with psycopg.connect(made.url, autocommit=True) as connection:
        rotated = logins.rotate(shop.url, made.login, entropy=os.urandom)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")

    assert rotated.disconnected


def test_what_a_holder_made_does_not_keep_the_login(shop: Shop) -> None:
    made = logins.make(shop.url, shop.mine.org, None, connections=3, entropy=os.urandom)
    with psycopg.connect(made.url, autocommit=True) as connection:
        connection.execute("set default_transaction_read_only = off")
        connection.execute("alter default privileges grant select on tables to public")
    with psycopg.connect(make_conninfo(made.url, dbname="postgres"), autocommit=True) as connection:
        connection.execute("set default_transaction_read_only = off")
        connection.execute("alter default privileges grant select on tables to public")
        ended = logins.drop(shop.url, made.login)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(made.url)

    assert (ended.disconnected, ended.removed) == (True, False)
    assert made.login not in {one.login for one in logins.listed(shop.url)}
    _cleared(shop, made.login)


def _cleared(shop: Shop, login: str) -> None:
    """Remove a role that has something in two databases."""
    name = sql.Identifier(login)
    for database in ("postgres", None):
        address = make_conninfo(shop.url, **({"dbname": database} if database else {}))
        with psycopg.connect(address, autocommit=True) as owner:
            owner.execute(sql.SQL("drop owned by {}").format(name))
    with psycopg.connect(shop.url, autocommit=True) as owner:
        owner.execute(sql.SQL("drop role {}").format(name))


def _asks_for_passwords(shop: Shop) -> bool:
    """Tell whether the server asks at all: one that trusts its own machine does not."""
    try:
        run(make_conninfo(shop.address, password="wrong"), "select 1")
    except psycopg.OperationalError:
        return True
    return False


def test_who_is_connected_sees_nothing_from_the_moment_that_it_ends(shop: Shop) -> None:
    made = logins.make(shop.url, shop.mine.org, None, connections=3, entropy=os.urandom)
    with psycopg.connect(made.url, autocommit=True) as connection:
        before = connection.execute("select count(*) from projects").fetchone()
        with psycopg.connect(shop.url) as owner:
            owner.execute("delete from contextfs_secret.bi_logins where login = %s", [made.login])
            owner.commit()
            after = connection.execute("select count(*) from projects").fetchone()
            owner.execute(
                "insert into contextfs_secret.bi_logins values (%s, %s, null, now())", [made.login, shop.mine.org]
            )
        logins.drop(shop.url, made.login)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(made.url)

    assert (before, after) == ((2,), (0,))
    assert made.login not in {one.login for one in logins.listed(shop.url)}


def test_a_role_that_is_no_login_of_ours_sees_nothing(shop: Shop) -> None:
    """Somebody who may read the views, but belongs to no organization: what is not claimed lets nothing through."""
    name = f"bi_stray_{uuid4().hex[:8]}"
    with psycopg.connect(shop.url, autocommit=True) as owner:
        owner.execute(sql.SQL("create role {} login password 'p' in role contextfs_bi").format(sql.Identifier(name)))
    stray = make_conninfo(shop.address, user=name, password="p")
    seen = [run(stray, f"table contextfs_bi.{view}") for view in TABLES]
    with psycopg.connect(shop.url, autocommit=True) as owner:
        owner.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))

    assert seen == [[]] * len(TABLES)


def test_an_organization_that_is_gone_takes_its_logins_along(shop: Shop) -> None:
    gone = settle_tenant(shop.url)
    made = logins.make(shop.url, gone.org, None, connections=3, entropy=os.urandom)
    with psycopg.connect(shop.url) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute("delete from contextfs_secret.bi_logins where org_id = %s", [gone.org])

    assert run(made.url, "select count(*) from projects") == [(0,)]
    assert [one.org_id for one in logins.listed(shop.url) if one.login == made.login] == [None]
    assert logins.drop(shop.url, made.login).removed
    assert made.login not in {one.login for one in logins.listed(shop.url)}


def test_it_is_listed_by_organization(shop: Shop) -> None:
    (one, *_) = logins.listed(shop.url, shop.mine.org)

    assert (one.login, one.project_ids) == (shop.login, None)
    assert {each.org_id for each in logins.listed(shop.url, shop.theirs.org)} <= {shop.theirs.org}


def test_what_cannot_be_is_told(shop: Shop) -> None:
    with pytest.raises(NotFound, match="no organization"):
        logins.make(shop.url, uuid4(), None, connections=3, entropy=os.urandom)
    with pytest.raises(NotFound, match="bi_nobody"):
        logins.rotate(shop.url, "bi_nobody", entropy=os.urandom)
    with pytest.raises(NotFound):
        logins.drop(shop.url, "contextfs_app")
    with pytest.raises(Invalid, match="Only the owner"):
        logins.make(as_role(shop.url, "contextfs_app"), shop.mine.org, None, connections=3, entropy=os.urandom)
    with pytest.raises(Unavailable):
        logins.listed("postgresql://127.0.0.1:1/nothing?connect_timeout=1")


def test_an_owner_who_is_no_superuser_makes_logins_and_is_told_what_stays_open(new_server: Callable[[], str]) -> None:
    """As the clouds have it: the functions of Postgres itself are not the owner's to shut."""
    url = new_server()
    mine = settle_tenant(url)
    made = logins.make(url, mine.org, None, connections=3, entropy=os.urandom)

    assert run(made.url, "select count(*) from projects") == [(2,)]
    assert {"lo_create", "pg_advisory_lock"} <= set(made.open)
    logins.drop(url, made.login)


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Give a function that makes a server whose owner of the database may make roles, and little else."""
    data = tmp_path / "postgres"

    def make() -> str:
        server = embedded.start(data, options={"fsync": "off"})
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("create role cloud login createrole createdb password 'secret'")
            connection.execute("create database managed owner cloud")
        with psycopg.connect(server.dsn("managed"), autocommit=True) as connection:
            connection.execute("create extension vector")
        url = make_conninfo(server.dsn("managed"), user="cloud", password="secret")
        migrate(url, passwords=PASSWORDS)
        return url

    yield make
    embedded.stop(data)
