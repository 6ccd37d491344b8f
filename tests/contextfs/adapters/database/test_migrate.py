"""The runner of migrations: what it applies, what it refuses, and what it says when it cannot."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contextfs.adapters.database import embedded
from contextfs.adapters.database.graphs import keep_graphs
from contextfs.adapters.database.lexicons import keep_lexicons
from contextfs.adapters.database.migrate import Migration, check, migrate, shipped
from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.kit.errors import Conflict, ContextFSError, Invalid, Unavailable
from tests.conftest import PASSWORDS, as_role
from tests.contextfs.adapters.database.lints import LINTS, offenders
from tests.contextfs.adapters.database.tenancy import settle_tenant

NAMES = [migration.name for migration in shipped()]


def _write(folder: Path, **files: str) -> list[Migration]:
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    return shipped(folder)


def _ask(url: str, query: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def _run(url: str) -> list[str]:
    return migrate(url, passwords=PASSWORDS)


def _ledger(url: str) -> list[str]:
    return [name for (name,) in _ask(url, "select name from contextfs.migrations order by name")]


def test_an_empty_database_gets_all_once(new_database: Callable[[], str]) -> None:
    url = new_database()

    assert migrate(url) == NAMES
    assert migrate(url) == []
    assert _ledger(url) == NAMES


def test_two_runners_apply_each_once(new_database: Callable[[], str]) -> None:
    url = new_database()
    with ThreadPoolExecutor(3) as pool:
        applied = list(pool.map(_run, [url] * 3))

    assert sorted(applied) == [[], [], NAMES]


def test_databases_of_one_server_can_be_migrated_at_once(new_database: Callable[[], str]) -> None:
    urls = [new_database() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(_run, urls))

    assert applied == [NAMES] * 4


def test_an_edited_file_is_refused(new_database: Callable[[], str], tmp_path: Path) -> None:
    url = new_database()
    migrate(url, migrations=_write(tmp_path, **{"0001_pre_a": "create table contextfs.a (id int)"}))
    edited = _write(tmp_path, **{"0001_pre_a": "create table contextfs.a (id bigint)"})

    with pytest.raises(Conflict, match=r"^0001_pre_a\.sql was edited after it was applied"):
        migrate(url, migrations=edited)


def test_an_edited_file_of_another_phase_is_refused(new_database: Callable[[], str], tmp_path: Path) -> None:
    url = new_database()
    migrate(url, migrations=_write(tmp_path, **{"0001_post_a": "select 1"}))

    with pytest.raises(Conflict, match=r"^0001_post_a\.sql"):
        migrate(url, migrations=_write(tmp_path, **{"0001_post_a": "select 2"}), phases=("pre",))


def test_a_newer_versions_database_is_refused_once_older_code_need_not_work(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_database()
    check(url)
    old = _write(tmp_path, **{"0001_pre_a": "select 1"})
    migrate(url, migrations=_write(tmp_path, **{"0002_pre_b": "select 1"}))
    check(url, old)
    migrate(url, migrations=_write(tmp_path, **{"0003_post_b": "select 1"}))

    with pytest.raises(Conflict, match=r"newer version.*0003_post_b\.sql.*install that version again"):
        check(url, old)
    check(url, shipped(tmp_path))


def test_a_failing_file_leaves_nothing_behind(new_database: Callable[[], str], tmp_path: Path) -> None:
    url = new_database()
    files = {
        "0001_pre_good": "create table contextfs.good (id int)",
        "0002_pre_bad": "create table contextfs.half (id int); insert into contextfs.half values ('x')",
        "0003_pre_later": "create table contextfs.later (id int)",
    }
    with pytest.raises(ContextFSError, match=r"^0002_pre_bad\.sql failed, nothing of it was kept: invalid input"):
        migrate(url, migrations=_write(tmp_path, **files))

    assert _ledger(url) == ["0001_pre_good.sql"]
    assert _ask(url, "select to_regclass('contextfs.half'), to_regclass('contextfs.later')") == [(None, None)]


def test_a_file_that_was_mended_is_applied(new_database: Callable[[], str], tmp_path: Path) -> None:
    url = new_database()
    with pytest.raises(ContextFSError):
        migrate(url, migrations=_write(tmp_path, **{"0001_pre_a": "selekt 1"}))

    assert migrate(url, migrations=_write(tmp_path, **{"0001_pre_a": "select 1"})) == ["0001_pre_a.sql"]


def test_a_table_in_use_is_not_waited_for_long(
    new_database: Callable[[], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_database()
    migrate(url, migrations=_write(tmp_path, **{"0001_pre_a": "create table contextfs.a (id int)"}))
    impatient = "set local lock_timeout = '50ms'; alter table contextfs.a add b int"
    with psycopg.connect(url) as user:
        user.execute("select * from contextfs.a")

        with pytest.raises(Unavailable, match=r"^0002_pre_b\.sql did not get the tables to itself"):
            migrate(url, migrations=_write(tmp_path, **{"0002_pre_b": impatient}), pauses=[0.01, 0.01])

    assert [record.getMessage() for record in caplog.records] == [
        "0002_pre_b.sql: canceling statement due to lock timeout: tried again in 0.01 s"
    ] * 2


def test_a_file_without_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a migration is named NNNN_pre_what"):
        _write(tmp_path, add_a_table="select 1")


PHASES = {
    "0001_pre_start": "create table contextfs.notes (id int primary key, body text);"
    "insert into contextfs.notes values (1, 'old');"
    "grant usage on schema contextfs to contextfs_app; grant select, insert on contextfs.notes to contextfs_app",
    "0002_pre_text": "alter table contextfs.notes add text text;"
    "create function contextfs.follow() returns trigger language plpgsql as"
    " 'begin new.text := coalesce(new.text, new.body); new.body := new.text; return new; end';"
    "create trigger follow before insert on contextfs.notes for each row execute function contextfs.follow();"
    "update contextfs.notes set text = body",
    "0003_post_text": "drop trigger follow on contextfs.notes; alter table contextfs.notes drop body",
}


def test_code_that_runs_lives_through_pre_and_ends_with_post(new_schema: Callable[[], str], tmp_path: Path) -> None:
    url = new_schema()
    known = _write(tmp_path, **PHASES)
    assert migrate(url, migrations=known[:1]) == ["0001_pre_start.sql"]
    running = PostgresDatabase(as_role(url, "contextfs_app"), size=1)
    for _ in range(6):  # often enough for the driver to prepare it
        with running.transaction() as (tx, _):
            assert tx.all("select * from notes") == [{"id": 1, "body": "old"}]

    assert migrate(url, migrations=known, phases=("pre",)) == ["0002_pre_text.sql"]
    with running.transaction() as (tx, _):
        tx.run("insert into notes (id, body) values (2, 'of old code')")
        assert tx.all("select * from notes where id = 2") == [{"id": 2, "body": "of old code", "text": "of old code"}]
        assert tx.all("select body from notes where id = 1") == [{"body": "old"}]

    assert migrate(url, migrations=known) == ["0003_post_text.sql"]
    with running.transaction() as (tx, _):
        assert tx.all("select * from notes order by id") == [{"id": 1, "text": "old"}, {"id": 2, "text": "of old code"}]
    with pytest.raises(Unavailable, match="run the migrations"), running.transaction() as (tx, _):
        tx.all("select body from notes")
    running.close()


def test_a_repeated_statement_outlives_a_new_column(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    ids = settle_tenant(url)
    running = PostgresDatabase(as_role(url, "contextfs_app"), size=1)
    opening = ("select contextfs.assume(%(org)s, %(user)s, null)", {"org": ids.org, "user": ids.user})
    for round_ in range(8):
        if round_ == 6:
            migrate(url, migrations=[*shipped(), _column("sessions"), _column("sessions_history")])
        with running.transaction(opening) as (tx, _):
            assert len(tx.all("select * from sessions")) == 2
            assert tx.run("update sessions set updated_at = updated_at + interval '1 s' returning *") == 2
    running.close()


def _column(table: str) -> Migration:
    text = f"alter table contextfs.{table} add mood text"
    return Migration(name=f"9001_pre_mood_of_{table}.sql", phase="pre", text=text)


def test_history_goes_on_after_a_new_column(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    ids = settle_tenant(url)
    migrate(url, migrations=[*shipped(), _column("sessions"), _column("sessions_history")])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("update contextfs.sessions set mood = 'calm', updated_at = now()")
        connection.execute("update contextfs.sessions set mood = 'wild', updated_at = clock_timestamp()")
        kept = connection.execute(
            "select mood from contextfs.sessions_history where id = %s order by period", (ids.shared_session,)
        )

        assert kept.fetchall() == [(None,), (None,), ("calm",)]


UNREACHABLE = {
    "nobody listens": ("postgresql://me:hush@127.0.0.1:1/x", "Connection refused"),
    "there is no such host": ("postgresql://me:hush@nowhere.invalid/x", "nowhere.invalid"),
}


@pytest.mark.parametrize("why", UNREACHABLE)
def test_an_unreachable_server_is_told_in_a_line(why: str) -> None:
    url, reason = UNREACHABLE[why]
    with pytest.raises(Unavailable) as caught:
        migrate(url)

    assert caught.value.detail.startswith("The database cannot be reached: ")
    assert reason in caught.value.detail
    assert "\n" not in caught.value.detail
    assert "hush" not in caught.value.detail


def test_a_wrong_password_is_told_in_a_line(database_url: str) -> None:
    with pytest.raises(Unavailable, match=r"^The database cannot be reached: .*password authentication failed"):
        migrate(make_conninfo(database_url, password="hush"))


@pytest.mark.parametrize("url", ["postgresql://me:hush@[bad/x", "me hush", "postgresql://me:hush@host/x?colour=red"])
def test_an_address_that_is_none_is_not_repeated(url: str) -> None:
    with pytest.raises(Invalid, match=r"^DATABASE_URL is not an address of Postgres: write ") as caught:
        migrate(url)

    assert "hush" not in caught.value.detail


def test_a_server_without_pgvector_is_told_in_a_line(new_database: Callable[[], str]) -> None:
    url = new_database()
    try:
        _set(url, "extension_control_path", "/nowhere")
    except psycopg.errors.UndefinedObject:
        pytest.skip("an extension can be hidden since Postgres 18")

    with pytest.raises(Unavailable, match=r'^The server has no usable pgvector: extension "vector" is not available'):
        migrate(url)


def test_a_role_that_may_not_create_pgvector_is_told_in_a_line(managed_database: Callable[[], str]) -> None:
    url = managed_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create database a_new_one_of_its_own")
    try:
        with pytest.raises(Unavailable, match=r"^The server has no usable pgvector: permission denied"):
            migrate(make_conninfo(url, dbname="a_new_one_of_its_own"))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("drop database a_new_one_of_its_own")


def test_an_old_pgvector_is_told_in_a_line(new_database: Callable[[], str]) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create extension vector")
        connection.execute("update pg_extension set extversion = '0.7.4' where extname = 'vector'")

    with pytest.raises(Unavailable, match=r"^pgvector 0\.7\.4 is too old: install 0\.8 or newer"):
        migrate(url)


def test_pgvector_in_another_schema_is_told_in_a_line(new_database: Callable[[], str]) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create schema extensions; create extension vector with schema extensions")

    with pytest.raises(Unavailable, match=r"^pgvector is in the schema extensions: run `alter extension"):
        migrate(url)


def test_a_database_of_another_encoding_is_refused(admin_url: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("create database latin encoding 'LATIN1' locale 'C' template template0")
    try:
        with pytest.raises(Invalid, match=r"^The database stores text as LATIN1: create it with"):
            migrate(make_conninfo(admin_url, dbname="latin"))
    finally:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute("drop database latin with (force)")


def test_settings_of_the_database_do_not_matter(new_database: Callable[[], str]) -> None:
    url = new_database()
    for name, value in {
        "search_path": "pg_temp",
        "statement_timeout": "5ms",
        "timezone": "Asia/Kathmandu",
        "datestyle": "SQL, DMY",
    }.items():
        _set(url, name, value)

    assert migrate(url) == NAMES
    with psycopg.connect(url) as connection:
        connection.execute("set local statement_timeout = 0")
        assert [lint for lint in LINTS if offenders(connection, lint)] == []


def test_a_managed_owner_can_migrate(managed_database: Callable[[], str]) -> None:
    url = managed_database()

    assert migrate(url, passwords=PASSWORDS) == NAMES
    with psycopg.connect(url) as connection:
        assert [lint for lint in LINTS if offenders(connection, lint)] == []


def test_a_managed_owner_makes_the_roles_of_a_new_server(own_server: Path) -> None:
    server = embedded.start(own_server)
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("create role cloud login createrole createdb password 'secret'")
        connection.execute("create database managed owner cloud")
    with psycopg.connect(server.dsn("managed"), autocommit=True) as connection:
        connection.execute("create extension vector")
    url = make_conninfo(server.dsn("managed"), user="cloud", password="secret")

    assert migrate(url, passwords=PASSWORDS) == NAMES
    assert settle_tenant(url)
    assert (keep_graphs(url), len(keep_lexicons(url))) == ([], 3)
    assert _ask(url, "select distinct tableowner from pg_tables where schemaname = 'contextfs'") == [("cloud",)]


def test_a_change_of_rows_that_are_not_seen_is_an_error(managed_database: Callable[[], str]) -> None:
    url = managed_database()
    migrate(url)
    blind = Migration(name="9001_pre_blind.sql", phase="pre", text="update contextfs.sessions set title = 'x'")

    with pytest.raises(ContextFSError, match=r"^9001_pre_blind\.sql failed.*row-level security policy"):
        migrate(url, migrations=[*shipped(), blind])


def test_the_tables_cannot_belong_to_the_app(new_schema: Callable[[], str]) -> None:
    url = as_role(new_schema(), "contextfs_app")

    with pytest.raises(Invalid, match=r"^The tables must not belong to contextfs_app"):
        migrate(url)


def test_a_role_with_more_powers_is_refused(new_database: Callable[[], str], admin_url: str) -> None:
    url = new_database()
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("alter role contextfs_history login")
    try:
        with pytest.raises(ContextFSError, match=r"^0001_pre_roles\.sql failed.*contextfs_history exists with other"):
            migrate(url)
    finally:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute("alter role contextfs_history nologin")


def test_a_password_is_sent_as_its_verifier(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    _set(url, "password_encryption", "md5")
    migrate(url, passwords=PASSWORDS)

    assert _ask(url, "select left(rolpassword, 13) from pg_authid where rolname = 'contextfs_app'") == [
        ("SCRAM-SHA-256",)
    ]


def test_a_connection_that_breaks_is_told_in_a_line(new_database: Callable[[], str], tmp_path: Path) -> None:
    suicide = _write(tmp_path, **{"0001_pre_end": f"select pg_terminate_backend(pg_backend_pid()) -- {uuid4()}"})

    with pytest.raises(ContextFSError, match=r"^0001_pre_end\.sql failed, nothing of it was kept: terminating"):
        migrate(new_database(), migrations=suicide)


def _set(url: str, name: str, value: str) -> None:
    """Make a setting the default of a database."""
    database = sql.Identifier(str(conninfo_to_dict(url)["dbname"]))
    with psycopg.connect(url, autocommit=True) as connection:
        statement = sql.SQL("alter database {} set {} = {}")
        values = sql.SQL(value) if name in {"search_path", "datestyle"} else sql.Literal(value)  # pyright: ignore[reportArgumentType]
        connection.execute(statement.format(database, sql.Identifier(name), values))
