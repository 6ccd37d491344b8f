"""What the guard lets pass binds to documented views alone in Postgres: tried with each name of its own catalogs."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from contextfs.domain.sql.guard import guarded
from contextfs.domain.sql.names import CALLED_AS_WANTED
from contextfs.kit.errors import Invalid

SHAPES = (
    "select * from {0}",
    "with {0} as (select * from {0}) select * from {0}",
    "with {0} as (select 1) select * from {0}",
    "with a as (select * from {0}), {0} as (select 1) select * from a, {0}",
    "with recursive {0} as (select 1 as n union all select n + 1 from {0} where n < 3) select * from {0}",
    "with recursive a as (select * from {0}), {0} as (select 1) select * from a",
    "with {0} as (select 1) select * from (with {0} as (select * from {0}) select * from {0}) x",
    "select * from {0}, (with {0} as (select 1) select * from {0}) x",
    "select * from (with {0} as (select 1) select * from {0}) x, lateral (select * from {0}) y",
    "(with {0} as (select 1) select * from {0}) union all select 1 from {0}",
    "with {0} as (select 1) (select * from {0}) union all select * from {0} limit (select count(*) from {0})",
    "select (with {0} as (select 1) select 1 from {0}) from memories where exists (select 1 from {0})",
    "select {0}.id from memories as {0}, sessions as s where s.id in (select 1 from {0})",
    "select {0}.* from memories as {0}",
    "with memories as (select id from memories) select {0}.id from memories as {0}",
)
CATALOGS = """
select relname::text from pg_class
where relnamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) and relkind in ('r', 'v')
"""
OF_A_ROW = """
select distinct proname::text from pg_proc
where proargtypes[0]::regtype::text in ('record', '"any"', 'anyelement', 'anynonarray', 'anycompatible',
    'anycompatiblenonarray') and pronargs - pronargdefaults = 1
"""
ONE_RESULT_WITH_A_NAME = """
select distinct proname::text from pg_proc
where proargmodes::text[] <@ '{i,o}' and cardinality(array_positions(proargmodes, 'o')) = 1
"""

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def server(database_url: str) -> Iterator[Connection]:
    """Connect as who may read everything, with names looked for where direct SQL looks for them."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("set search_path = contextfs_now")
        yield connection


def schemas(server: Connection, query: str) -> set[str]:
    """Give the schemas of all that a query reads, tables and functions, as the planner knows them."""
    row = server.execute(f"explain (verbose, format json) {query}".encode()).fetchone()
    assert row is not None
    return set(_schemas(row[0][0]["Plan"]))


def _schemas(plan: dict[str, Any]) -> Iterator[str]:
    yield from [plan["Schema"]] if "Schema" in plan else []
    for below in plan.get("Plans", ()):
        yield from _schemas(below)


def test_a_plan_tells_of_the_catalog(server: Connection) -> None:
    assert schemas(server, "with pg_class as (select * from pg_class) select * from pg_class") == {"pg_catalog"}
    assert schemas(server, "select * from pg_stat_activity") == {"pg_catalog"}
    assert schemas(server, "select * from memories") == {"contextfs"}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_name_of_a_catalog_is_read_in_any_shape(server: Connection, shape: str) -> None:
    read: set[str] = set()
    names = server.execute(CATALOGS).fetchall()
    for (name,) in names:
        try:
            query = guarded(shape.format(name)).text
        except Invalid:
            continue
        read |= schemas(server, query)

    assert len(names) > 150
    assert read <= {"contextfs"}


def test_no_function_that_is_not_listed_is_called_of_a_row(server: Connection) -> None:
    """Postgres takes `m.pg_typeof` for `pg_typeof(m)`."""
    called = {name for (name,) in server.execute(OF_A_ROW)}

    assert {"pg_typeof", "row_to_json", "count"} <= called
    for name in called:
        listed = passes("select {0}(m) from memories m", name) or passes("select {0}() over () from memories m", name)
        assert (name, passes("select m.{0} from memories m", name)) == (name, listed)


def test_a_function_that_leaves_its_column_to_the_query_has_no_name_for_it(server: Connection) -> None:
    named = {name for (name,) in server.execute(ONE_RESULT_WITH_A_NAME)}

    assert {"jsonb_array_elements", "jsonb_array_elements_text"} <= named
    assert not named & CALLED_AS_WANTED


def passes(query: str, name: str) -> bool:
    with suppress(Invalid):
        return bool(guarded(query.format(name)))
    return False
