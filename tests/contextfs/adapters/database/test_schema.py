"""The schema keeps its rules, and each rule would notice a breach: it is shown one."""

from collections.abc import Callable, Iterator
from typing import LiteralString

import psycopg
import pytest

from contextfs.adapters.database.migrate import shipped
from tests.contextfs.adapters.database.lints import LINTS, offenders
from tests.contextfs.adapters.database.tenancy import Connection

_TABLE = "create table contextfs.bad (org_id uuid not null, id uuid not null, primary key (org_id, id));"

BREACHES: dict[str, tuple[LiteralString, str]] = {
    "row_security_is_forced": (f"{_TABLE} alter table contextfs.bad enable row level security", "bad"),
    "a_table_has_an_org_id": ("create table contextfs.bad (org_id uuid, id uuid primary key)", "bad"),
    "the_primary_key_has_the_org_id": ("create table contextfs.bad (org_id uuid not null, id uuid primary key)", "bad"),
    "unique_keys_have_the_org_id": (
        f"{_TABLE} create unique index bad_id on contextfs.bad (id) include (org_id)",
        "bad_id",
    ),
    "foreign_keys_have_the_org_id_on_both_sides": (
        (
            "alter table contextfs.sessions add constraint bad foreign key (created_by, project_id)"
            " references contextfs.projects (org_id, id)"
        ),
        "sessions.bad",
    ),
    "foreign_keys_have_an_index": (
        (
            "alter table contextfs.audit_log add constraint bad foreign key (org_id, project_id)"
            " references contextfs.projects"
        ),
        "audit_log.bad",
    ),
    "definers_have_a_fixed_search_path": (
        (
            "create function contextfs.bad() returns int language sql security definer"
            " set search_path = pg_catalog, pg_temp, contextfs return 1"
        ),
        "bad",
    ),
    "definers_do_not_belong_to_the_owner": (
        (
            "create function contextfs.bad() returns int language sql security definer"
            " set search_path = pg_catalog, pg_temp return 1"
        ),
        "bad",
    ),
    "functions_are_not_everybodys": ("create function contextfs.bad() returns int language sql return 1", "bad"),
    "tables_and_the_schema_are_not_everybodys": ("grant select on contextfs.sessions to public", "sessions"),
    "direct_sql_sees_tenants_as_the_app_does": (
        "alter policy sql_tenant on contextfs.sessions using (org_id = (select contextfs.claim('org_id')::uuid))",
        "sessions.sql_tenant",
    ),
    "direct_sql_has_every_floor_of_the_app": ("drop policy sql_reader on contextfs.memories", "memories.reader"),
    "bi_sees_tenants_as_the_app_does": (
        "alter policy bi_tenant on contextfs.sessions using (org_id = (select contextfs.claim('org_id')::uuid))",
        "sessions.bi_tenant",
    ),
    "bi_has_every_floor_of_the_app": ("drop policy bi_reader on contextfs.memories", "memories.reader"),
    "views_are_the_invokers": ("create view contextfs.bad as select * from contextfs.sessions", "bad"),
    "no_policy_of_the_app_is_always_true": (
        "create policy bad on contextfs.sessions to contextfs_app using (true)",
        "sessions.bad",
    ),
    "a_table_has_one_tenant_policy": (_TABLE, "bad"),
    "tenant_policies_are_spelt_as_proven": (
        "alter policy tenant on contextfs.sessions using (org_id = (select contextfs.claim('user_id')::uuid))",
        "sessions.tenant",
    ),
    "floors_are_spelt_as_known": (
        "alter policy reader on contextfs.sessions using (visibility <> 'private' or tags <> '{}')",
        "sessions.reader",
    ),
    "what_is_in_a_project_has_its_floor": ("drop policy project on contextfs.sessions", "sessions"),
    "what_can_be_private_has_its_floor": ("drop policy reader on contextfs.passages", "passages"),
    "times_have_a_zone": ("alter table contextfs.sessions add bad timestamp", "sessions.bad"),
    "history_has_the_columns_of_its_source": ("alter table contextfs.sessions add bad text", "sessions_history"),
    "history_is_kept": ("alter table contextfs.sessions disable trigger keep_history", "sessions_history"),
    "everything_belongs_to_one_owner": (
        (
            "create role somebody_else; create view contextfs.bad as select 1 as x;"
            "grant create on schema contextfs to somebody_else; alter view contextfs.bad owner to somebody_else"
        ),
        "bad",
    ),
    "nothing_claims_to_be_leakproof": (
        "create function contextfs.bad() returns int language sql leakproof return 1",
        "bad",
    ),
}


@pytest.fixture(scope="module")
def schema_url(new_schema: Callable[[], str]) -> str:
    """Give a migrated database of this module's own."""
    return new_schema()


@pytest.fixture
def schema(schema_url: str) -> Iterator[Connection]:
    """Connect to it as the owner; whatever a test makes is rolled back."""
    with psycopg.connect(schema_url) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("lint", LINTS)
def test_the_schema_keeps(schema: Connection, lint: str) -> None:
    assert offenders(schema, lint) == set()


@pytest.mark.parametrize("lint", LINTS)
def test_a_breach_is_noticed_of(schema: Connection, lint: str) -> None:
    breach, offender = BREACHES[lint]
    schema.execute(breach)

    assert offenders(schema, lint) == {offender}


def test_a_migration_does_not_end_its_transaction() -> None:
    words = ("commit;", "rollback;", "begin;")

    assert [one.name for one in shipped() if any(word in one.text.lower() for word in words)] == []


def test_migrations_are_numbered_without_gaps() -> None:
    assert [one.name[:4] for one in shipped()] == [f"{number:04}" for number in range(1, len(shipped()) + 1)]
