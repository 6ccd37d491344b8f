"""Migrations beside calls and the making of graphs: who waits for whom, and for how long."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from contextfs.adapters.database import graphs
from contextfs.adapters.database.migrate import Migration, migrate, shipped
from contextfs.kit.errors import Unavailable


def _write(folder: Path, **files: str) -> list[Migration]:
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    return shipped(folder)


def _ask(url: str, query: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def test_calls_go_on_while_a_migration_waits_for_a_long_reader(new_database: Callable[[], str]) -> None:
    """Each table is free again long before one who waits for it gives up."""
    url, known = new_database(), shipped()
    last = next(place for place, migration in enumerate(known) if migration.name.endswith("_project_floors.sql"))
    migrate(url, migrations=known[:last])
    with (
        psycopg.connect(url) as reader,
        psycopg.connect(url, autocommit=True, options="-c lock_timeout=5s") as call,
        ThreadPoolExecutor(1) as pool,
    ):
        reader.execute("select from contextfs.vectors")
        migrating = pool.submit(migrate, url, migrations=known[: last + 1])
        try:
            _wait_for_a_lock(call, migrating)
            for (table,) in call.execute(_OPEN_TABLES).fetchall():
                call.execute(sql.SQL("select from contextfs.{}").format(sql.Identifier(table)))
        finally:
            reader.rollback()

        assert migrating.result() == [known[last].name]


_OPEN_TABLES = """
select distinct tablename from pg_policies where schemaname = 'contextfs' and tablename <> 'vectors' order by 1
"""


def test_taking_batches_comes_while_who_makes_vectors_holds_some(new_database: Callable[[], str]) -> None:
    """As the code of before holds them, until its model has answered."""
    url, known = new_database(), shipped()
    last = next(place for place, migration in enumerate(known) if migration.name.endswith("_taken_vectors.sql"))
    migrate(url, migrations=known[:last])
    with psycopg.connect(url) as worker:
        worker.execute("select from contextfs.vectors for update")
        worker.execute("select from contextfs.generations for key share")

        assert migrate(url, migrations=known[: last + 1], pauses=()) == [known[last].name]


def _wait_for_a_lock(connection: psycopg.Connection[Any], migrating: Future[list[str]]) -> None:
    waiting = "select 1 from pg_locks where relation = 'contextfs.vectors'::regclass and not granted"
    while not (migrating.done() or connection.execute(waiting).fetchone()):
        time.sleep(0.02)


def test_a_migration_that_got_into_a_deadlock_is_tried_again(new_database: Callable[[], str], tmp_path: Path) -> None:
    url = new_database()
    tables = "create table contextfs.vectors (id int); create table contextfs.zebras (id int)"
    migrate(url, migrations=_write(tmp_path, **{"0001_pre_a": tables}))
    crossing = (
        "set local lock_timeout = 0; alter table contextfs.zebras add b int; alter table contextfs.vectors add b int"
    )
    with psycopg.connect(url) as call, ThreadPoolExecutor(1) as pool:
        call.execute("set local deadlock_timeout = '1min'; select * from contextfs.vectors")
        migrating = pool.submit(migrate, url, migrations=_write(tmp_path, **{"0002_pre_b": crossing}))
        _wait_for_a_lock(call, migrating)
        call.execute("select * from contextfs.zebras")
        call.commit()

        assert migrating.result() == ["0002_pre_b.sql"]


def test_a_migration_waits_for_graphs_and_says_so(new_database: Callable[[], str], tmp_path: Path) -> None:
    url, files = new_database(), {"0001_pre_a": "create table contextfs.a (id int)"}
    with psycopg.connect(url, autocommit=True) as builder:
        builder.execute("select pg_advisory_lock(%s)", [graphs.LOCK])
        with pytest.raises(Unavailable, match=r"^Graphs are being made, and nothing was migrated: wait for the job"):
            migrate(url, migrations=_write(tmp_path, **files), pauses=[0.01])
        assert _ask(url, "select name from contextfs.migrations") == []
        with ThreadPoolExecutor(1) as pool:
            migrating = pool.submit(migrate, url, migrations=shipped(tmp_path), pauses=[0.1] * 100)
            time.sleep(0.3)
            builder.execute("select pg_advisory_unlock(%s)", [graphs.LOCK])

            assert migrating.result() == ["0001_pre_a.sql"]
        builder.execute("select pg_advisory_lock(%s)", [graphs.LOCK])

        assert migrate(url, migrations=shipped(tmp_path), pauses=[]) == []


def test_graphs_can_be_made_as_soon_as_the_migrations_end(new_database: Callable[[], str], tmp_path: Path) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as builder:
        for number in range(1, 21):
            migrate(url, migrations=_write(tmp_path, **{f"{number:04}_pre_a": "select 1"}))
            builder.execute("select 1 / pg_try_advisory_lock(%s)::int", [graphs.LOCK])
            builder.execute("select pg_advisory_unlock_all()")


def test_no_graph_is_made_while_a_migration_runs(new_database: Callable[[], str], tmp_path: Path) -> None:
    url = new_database()
    held = "create table contextfs.held as select objid::bigint from pg_locks where locktype = 'advisory' and granted"
    migrate(url, migrations=_write(tmp_path, **{"0001_pre_a": f"{held} and pid = pg_backend_pid()"}))

    assert (graphs.LOCK,) in _ask(url, "select objid from contextfs.held")


def test_an_index_is_made_while_calls_go_on_writing_and_anew_where_it_was_cut_off(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_database()
    migrate(url, migrations=_write(tmp_path, **{"0001_pre_t": "create table contextfs.t (a int);"}))
    text = "create index concurrently if not exists i on contextfs.t (a);\nselect 1;\n"
    built = _write(tmp_path, **{"0002_pre_i": text})
    with psycopg.connect(url) as writer, psycopg.connect(url, autocommit=True) as other, ThreadPoolExecutor(1) as pool:
        other.execute("insert into contextfs.t values (1), (1)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            other.execute("create unique index concurrently i on contextfs.t (a)")
        writer.execute("insert into contextfs.t values (2)")
        migrating = pool.submit(migrate, url, migrations=built)
        while not other.execute("select 1 from pg_locks where not granted and locktype = 'virtualxid'").fetchone():
            assert not migrating.done()
        other.execute("set lock_timeout = '500ms'")
        other.execute("insert into contextfs.t values (3)")
        writer.commit()

        assert migrating.result(60) == ["0002_pre_i.sql"]
        valid = other.execute("select indisvalid, indisunique from pg_index where indexrelid = 'contextfs.i'::regclass")
        assert valid.fetchall() == [(True, False)]


_LONG = """
import os
from contextfs.adapters.database import migrate
migrate._LISTENING = "set client_connection_check_interval = '50ms'"
long = migrate.Migration(name="0001_pre_long.sql", phase="pre", text="select pg_sleep(300)")
migrate.migrate(os.environ["LONG"], migrations=[long])
"""

_WORKING: LiteralString = (
    "select pid from pg_stat_activity where query like '%pg_sleep(300)%' and pid <> pg_backend_pid()"
    " and datname = current_database()"
)


def test_a_migrator_that_was_killed_is_not_waited_for(new_database: Callable[[], str]) -> None:
    """Its server would otherwise go on with the statement, and keep the lock as long as that takes."""
    url = new_database()
    next_one = [Migration(name="0001_pre_short.sql", phase="pre", text="select 1")]
    killed = subprocess.Popen([sys.executable, "-c", _LONG], env=os.environ | {"LONG": url})
    with psycopg.connect(url, autocommit=True) as watching, ThreadPoolExecutor(1) as pool:
        try:
            for _ in range(300):
                if watching.execute(_WORKING).fetchone():
                    break
                time.sleep(0.1)
            killed.kill()
            killed.wait()

            assert pool.submit(migrate, url, migrations=next_one).result(timeout=60) == ["0001_pre_short.sql"]
        finally:
            killed.kill()
            for (pid,) in watching.execute(_WORKING).fetchall():
                watching.execute("select pg_terminate_backend(%s)", [pid])
