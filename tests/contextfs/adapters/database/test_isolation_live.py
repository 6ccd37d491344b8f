"""Tenant isolation as it is lived: what the API's role can see and do with these claims, those, or none."""

from collections.abc import Callable
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors, sql

from tests.contextfs.adapters.database.tenancy import (
    AT,
    Connection,
    Ids,
    assume,
    count,
    edge_row,
    insert,
    memory_row,
    mention_row,
    passage_row,
    project_row,
    session_row,
    tenant_tables,
)

WRITABLE = (
    *("organizations", "memberships", "custom_roles", "invitations", "projects", "api_keys", "sources", "sessions"),
    *("memories", "passages", "mentions", "edges", "deliveries", "exports"),
)
DELETABLE = (
    *(table for table in WRITABLE if table != "memberships"),
    *("dead_letters", "idempotency_keys", "messages", "consumed_events", "key_uses"),
)
"""What a tenant may delete as a whole: of the members, an owner stays."""
READ_BY_PROJECT = (
    *("projects", "api_keys", "sources", "sessions", "messages", "memories", "revisions", "passages", "vectors"),
    *("exports", "mentions", "edges", "lexicons", "lexicon_words"),
)


def _all_counts(connection: Connection, org: UUID | None = None) -> dict[str, int]:
    return {table: count(connection, table, org) for table in tenant_tables(connection)}


def _try(connection: Connection, statement: LiteralString, table: str = "", org: UUID | None = None) -> int:
    """Run a statement on a table; gives the number of rows it touched."""
    return connection.execute(sql.SQL(statement).format(sql.Identifier(table)), {"org": org}).rowcount


def test_the_tenants_have_rows_in_every_table(admin: Connection, ours: Ids, theirs: Ids) -> None:
    assert all(_all_counts(admin, ours.org).values())
    assert all(_all_counts(admin, theirs.org).values())


def test_without_claims_nothing_is_seen(app: Connection, ours: Ids) -> None:
    assert not any(_all_counts(app).values())


def test_claims_end_with_their_transaction(app: Connection, ours: Ids) -> None:
    with app.transaction():
        assume(app, ours.org, ours.user)
        seen = _all_counts(app)
    app.commit()
    app.execute("savepoint still_answers")

    assert all(seen.values())
    assert not any(_all_counts(app).values())


def test_claims_end_with_a_rollback(app: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.user)
    app.rollback()

    assert not any(_all_counts(app).values())


@pytest.mark.parametrize("claim", ["org_id", "user_id", "project_ids"])
def test_claims_that_are_no_ids_raise(app: Connection, ours: Ids, claim: str) -> None:
    assume(app, ours.org, ours.user, [ours.project])
    app.execute("select set_config(%s, 'garbage', true)", (f"app.{claim}",))

    with pytest.raises(errors.InvalidTextRepresentation):
        count(app, "sessions")


@pytest.mark.parametrize("missing", ["org_id", "all_projects"])
def test_without_one_of_the_claims_nothing_of_a_project_is_seen(app: Connection, ours: Ids, missing: str) -> None:
    assume(app, ours.org, ours.user)
    app.execute("select set_config(%s, '', true)", (f"app.{missing}",))

    assert [count(app, table) for table in READ_BY_PROJECT] == [0] * len(READ_BY_PROJECT)


def test_a_tenant_sees_its_rows_only(app: Connection, admin: Connection, ours: Ids, theirs: Ids) -> None:
    assume(app, ours.org, ours.user)

    assert _all_counts(app) == _all_counts(admin, ours.org)
    assert not any(_all_counts(app, theirs.org).values())


@pytest.mark.parametrize("table", WRITABLE)
def test_another_tenants_rows_cannot_be_changed(
    app: Connection, admin: Connection, ours: Ids, theirs: Ids, table: str
) -> None:
    assume(app, ours.org, ours.user)
    touched = _try(app, "update contextfs.{} set org_id = org_id where org_id = %(org)s", table, theirs.org)

    assert touched == 0


@pytest.mark.parametrize("table", DELETABLE)
def test_a_delete_of_everything_takes_a_tenants_own_rows(
    app: Connection, admin: Connection, ours: Ids, theirs: Ids, table: str
) -> None:
    assume(app, ours.org, ours.user)
    deleted = _try(app, "delete from contextfs.{}", table)

    assert deleted == count(admin, table, ours.org)


@pytest.mark.parametrize("table", WRITABLE)
def test_rows_cannot_be_moved_to_another_tenant(app: Connection, ours: Ids, theirs: Ids, table: str) -> None:
    assume(app, ours.org, ours.user)

    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        _try(app, "update contextfs.{} set org_id = %(org)s", table, theirs.org)


ROWS_FOR: dict[str, Callable[[Ids], dict[str, Any]]] = {
    "organizations": lambda _: {"org_id": uuid4(), "name": "o", "created_at": AT, "updated_at": AT},
    "projects": lambda them: project_row(them.org, uuid4(), "new"),
    "sessions": lambda them: session_row(them.org, them.project, uuid4(), them.user, "project"),
    "memories": lambda them: memory_row(them.org, them.project, uuid4(), them.user, "project"),
    "passages": lambda them: passage_row(them.org, them.project, them.shared_memory, them.user, "project", "x", 9),
    "mentions": lambda them: mention_row(them.org, them.project, them.shared_memory, them.user, "project", "redis"),
    "edges": lambda them: edge_row(them.org, them.project, them.shared_memory, them.user, "project", "tool:redis"),
    "consumed_events": lambda them: {"org_id": them.org, "consumer": "c", "event_id": uuid4(), "consumed_at": AT},
}


@pytest.mark.parametrize("table", ROWS_FOR)
def test_rows_cannot_be_given_to_another_tenant(app: Connection, ours: Ids, theirs: Ids, table: str) -> None:
    assume(app, ours.org, ours.user)

    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        insert(app, table, ROWS_FOR[table](theirs))


@pytest.mark.parametrize("table", ROWS_FOR)
def test_without_claims_nothing_can_be_written(app: Connection, theirs: Ids, table: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        insert(app, table, ROWS_FOR[table](theirs))


def test_another_tenants_project_cannot_be_referenced(app: Connection, ours: Ids, theirs: Ids) -> None:
    assume(app, ours.org, ours.user)

    with pytest.raises(errors.ForeignKeyViolation):
        insert(app, "sessions", session_row(ours.org, theirs.project, uuid4(), ours.user, "project"))


def test_another_tenants_session_cannot_be_referenced(app: Connection, ours: Ids, theirs: Ids) -> None:
    assume(app, ours.org, ours.user)
    row = memory_row(ours.org, ours.project, uuid4(), ours.user, "project") | {"session_id": theirs.shared_session}

    with pytest.raises(errors.ForeignKeyViolation):
        insert(app, "memories", row)


def test_another_tenants_memory_cannot_be_referenced(app: Connection, ours: Ids, theirs: Ids) -> None:
    assume(app, ours.org, ours.user)

    with pytest.raises(errors.ForeignKeyViolation):
        insert(app, "passages", passage_row(ours.org, ours.project, theirs.shared_memory, ours.user, "project", "x"))


def test_an_id_that_another_tenant_uses_is_free(app: Connection, ours: Ids, theirs: Ids) -> None:
    assume(app, ours.org, ours.user)
    insert(app, "memories", memory_row(ours.org, ours.project, theirs.shared_memory, ours.user, "project"))

    assert count(app, "memories", ours.org) == 4


@pytest.mark.parametrize("table", ["projects", "projects_history"])
def test_a_project_key_sees_its_project_only(app: Connection, ours: Ids, table: str) -> None:
    assume(app, ours.org, ours.user, [ours.project])
    rows = app.execute(sql.SQL("select distinct id from contextfs.{}").format(sql.Identifier(table))).fetchall()

    assert rows == [(ours.project,)]


@pytest.mark.parametrize(
    "table", ["api_keys", "api_keys_history", "sessions", "sessions_history", "messages", "memories", "revisions"]
)
def test_a_project_key_sees_what_is_in_its_project_only(app: Connection, ours: Ids, table: str) -> None:
    assume(app, ours.org, ours.user, [ours.project])
    query = sql.SQL("select distinct project_id from contextfs.{}").format(sql.Identifier(table))

    assert app.execute(query).fetchall() == [(ours.project,)]


@pytest.mark.parametrize("table", ["outbox", "audit_log", "usage_records"])
def test_a_project_key_sees_nothing_of_another_project(app: Connection, ours: Ids, table: str) -> None:
    assume(app, ours.org, ours.user, [ours.project])
    query = sql.SQL("select count(*) from contextfs.{} where project_id = %s").format(sql.Identifier(table))

    assert app.execute(query, (ours.other_project,)).fetchone() == (0,)


def test_a_key_of_no_project_sees_nothing_in_projects(app: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.user, [])

    assert [count(app, table) for table in READ_BY_PROJECT] == [0] * len(READ_BY_PROJECT)


def test_a_project_key_cannot_write_into_another_project(app: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.user, [ours.project])

    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        insert(app, "memories", memory_row(ours.org, ours.other_project, uuid4(), ours.user, "project"))


def test_a_project_key_cannot_move_a_memory_to_another_project(app: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.user, [ours.project])

    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        app.execute("update contextfs.memories set project_id = %s", (ours.other_project,))


PRIVATE = (
    *("memories", "revisions", "passages", "vectors", "mentions", "edges", "reviews"),
    *("sessions", "messages", "sessions_history"),
)


@pytest.mark.parametrize("table", PRIVATE)
def test_a_colleague_does_not_see_what_is_private(app: Connection, ours: Ids, table: str) -> None:
    assume(app, ours.org, ours.user)
    own = count(app, table)
    app.rollback()
    assume(app, ours.org, ours.colleague)

    assert count(app, table) == own - 1


def test_a_colleague_cannot_write_into_a_private_session(app: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.colleague)
    place = {"org_id": ours.org, "project_id": ours.project, "session_id": ours.private_session, "id": uuid4()}
    said = {"role": "user", "kind": "prompt", "content": "x", "created_at": AT, "stored_at": AT}

    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        insert(app, "messages", place | said)


def test_a_colleague_cannot_delete_private_messages(app: Connection, admin: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.colleague)
    deleted = app.execute("delete from contextfs.messages").rowcount

    assert deleted == count(admin, "messages", ours.org) - 1


def test_a_colleague_cannot_make_a_private_memory_theirs(app: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.colleague)
    stolen = "update contextfs.memories set author_id = %s where id = %s"

    assert app.execute(stolen, (ours.colleague, ours.private_memory)).rowcount == 0


def test_views_show_a_tenants_rows_only(app: Connection, ours: Ids, theirs: Ids) -> None:
    assume(app, ours.org, ours.user)

    assert app.execute("select distinct org_id from contextfs.memory_fact").fetchall() == [(ours.org,)]


FORBIDDEN: dict[str, LiteralString] = {
    "truncate": "truncate contextfs.sessions cascade",
    "switch row-level security off": "alter table contextfs.sessions disable row level security",
    "drop a policy": "drop policy tenant on contextfs.sessions",
    "make a policy": "create policy mine on contextfs.sessions using (true)",
    "drop a table": "drop table contextfs.sessions",
    "become the relay": "set role contextfs_relay",
    "become the search": "set role contextfs_search",
    "become the history": "set role contextfs_history",
    "become it by setting": "select set_config('role', 'contextfs_relay', false)",
    "join a role": "grant contextfs_relay to contextfs_app",
    "bypass": "alter role contextfs_app bypassrls",
    "change a function": "create or replace function contextfs.claim(name text) returns text language sql return null",
    "make a function": "create function contextfs.mine() returns text language sql return null",
    "make a table": "create table contextfs.mine (id int)",
    "read the ledger": "select * from contextfs.migrations",
    "rewrite history": "update contextfs.sessions_history set title = 'x'",
    "write history": "insert into contextfs.sessions_history select * from contextfs.sessions_history",
    "take history back": "delete from contextfs.audit_log",
    "keep a history of one's own": (
        "create temp table sessions (updated_at timestamptz);"
        "create trigger t after delete on pg_temp.sessions for each row execute function contextfs.keep_history()"
    ),
    "make up a session's history": (
        "create temp table sessions (like contextfs.sessions);"
        "create trigger t after delete on pg_temp.sessions for each row"
        " execute function contextfs.keep_session_history()"
    ),
}


@pytest.mark.parametrize("wish", FORBIDDEN)
def test_the_app_cannot(app: Connection, ours: Ids, wish: str) -> None:
    assume(app, ours.org, ours.user)

    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(FORBIDDEN[wish])


def test_asking_to_see_everything_is_an_error(app: Connection, ours: Ids) -> None:
    app.execute("set local row_security = off")

    with pytest.raises(errors.InsufficientPrivilege):
        count(app, "sessions")


def test_the_relay_sees_no_content(database_url: str, relay_url: str, ours: Ids) -> None:
    hidden = ("sessions", "messages", "memories", "revisions", "passages", "api_keys", "sessions_history")
    with psycopg.connect(relay_url, autocommit=True) as relay:
        for table in hidden:
            with pytest.raises(errors.InsufficientPrivilege):
                count(relay, table)
        with pytest.raises(errors.InsufficientPrivilege):
            relay.execute("select body from contextfs.idempotency_keys")
