"""Rows as they were: every change in place keeps what it replaces, for the tenant that it belongs to."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.types.range import TimestamptzRange

from contextfs.adapters.database.migrate import migrate
from tests.conftest import PASSWORDS, as_role
from tests.contextfs.adapters.database.tenancy import (
    AT,
    Connection,
    Ids,
    assume,
    insert,
    project_row,
    session_row,
    settle_tenant,
)

KEPT = ("organizations", "memberships", "custom_roles", "projects", "api_keys", "sessions")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=["superuser", "managed"])
def owned(
    request: pytest.FixtureRequest, new_schema: Callable[[], str], managed_database: Callable[[], str]
) -> tuple[str, str]:
    """Give a migrated database for its owner and for the API: once of a superuser, once as clouds have it."""
    if request.param == "superuser":
        url = new_schema()
    else:
        url = managed_database()
        migrate(url, passwords=PASSWORDS)
    return url, as_role(url, "contextfs_app")


@pytest.fixture
def ids(owned: tuple[str, str]) -> Ids:
    """Give a new tenant with a row in every table, each updated once."""
    return settle_tenant(owned[0])


@pytest.fixture
def app(owned: tuple[str, str]) -> Iterator[Connection]:
    """Connect as the API's role."""
    with psycopg.connect(owned[1]) as connection:
        yield connection
        connection.rollback()


def _history(connection: Connection, table: str, row: UUID) -> list[tuple[Any, ...]]:
    query = sql.SQL("select * from contextfs.{} where id = %s order by period")
    return connection.execute(query.format(sql.Identifier(f"{table}_history")), (row,)).fetchall()


def _titles(connection: Connection, session: UUID) -> list[tuple[str | None, TimestamptzRange]]:
    return connection.execute(
        "select title, period from contextfs.sessions_history where id = %s order by upper(period), lower(period)",
        (session,),
    ).fetchall()


@pytest.mark.parametrize("table", KEPT)
def test_an_update_keeps_the_row_as_it_was(app: Connection, ids: Ids, table: str) -> None:
    assume(app, ids.org, ids.user)
    name = sql.Identifier(table)
    was = app.execute(sql.SQL("select t::text from contextfs.{} as t order by 1").format(name)).fetchall()
    app.execute(sql.SQL("update contextfs.{} set updated_at = updated_at + interval '1 hour'").format(name))
    kept = app.execute(
        sql.SQL(
            "select (jsonb_populate_record(null::contextfs.{}, to_jsonb(h)))::text from contextfs.{} as h"
            " where upper(period) > %s order by 1"
        ).format(name, sql.Identifier(f"{table}_history")),
        (AT + HOUR,),
    ).fetchall()

    assert kept == was


@pytest.mark.parametrize("table", ["projects", "api_keys", "sessions"])
def test_a_delete_keeps_the_row_as_it_was(app: Connection, ids: Ids, table: str) -> None:
    assume(app, ids.org, ids.user)
    name = sql.Identifier(table)
    row = app.execute(sql.SQL("select * from contextfs.{} limit 1").format(name)).fetchone()
    assert row is not None
    identity = row[1] if table != "sessions" else row[2]
    app.execute(sql.SQL("delete from contextfs.{} where id = %s").format(name), (identity,))

    assert _history(app, table, identity)[-1][1:] == row


def test_a_project_takes_its_sessions_along_into_history(app: Connection, ids: Ids) -> None:
    assume(app, ids.org, ids.user)
    app.execute("delete from contextfs.projects where id = %s", (ids.project,))

    assert len(_history(app, "sessions", ids.private_session)) == 2
    assert len(_history(app, "sessions", ids.shared_session)) == 2
    assert len(_history(app, "projects", ids.project)) == 2


def test_a_colleague_who_deletes_a_project_keeps_what_they_do_not_see(app: Connection, ids: Ids) -> None:
    assume(app, ids.org, ids.colleague, [ids.project])
    app.execute("delete from contextfs.projects where id = %s", (ids.project,))
    unseen = _history(app, "sessions", ids.private_session)
    assume(app, ids.org, ids.user)

    assert unseen == []
    assert len(_history(app, "sessions", ids.private_session)) == 2


def test_an_organization_takes_everything_along_into_history(app: Connection, ids: Ids) -> None:
    assume(app, ids.org, ids.user)
    app.execute("delete from contextfs.organizations")
    counts = {
        table: app.execute(
            sql.SQL("select count(*) from contextfs.{} where upper(period) > %s").format(
                sql.Identifier(f"{table}_history")
            ),
            (AT + HOUR,),
        ).fetchone()
        for table in KEPT
    }

    assert counts == {
        "organizations": (1,),
        "memberships": (2,),
        "custom_roles": (1,),
        "projects": (2,),
        "api_keys": (3,),
        "sessions": (2,),
    }


def _rename(connection: Connection, session: UUID, title: str, at: datetime) -> None:
    connection.execute("update contextfs.sessions set title = %s, updated_at = %s where id = %s", (title, at, session))


def test_periods_follow_each_other_without_gap(app: Connection, ids: Ids) -> None:
    assume(app, ids.org, ids.user)
    for hours, title in enumerate(("a", "b", "c"), start=2):
        _rename(app, ids.shared_session, title, AT + hours * HOUR)
    titles = _titles(app, ids.shared_session)

    assert [title for title, _ in titles] == [None, None, "a", "b"]
    assert titles[0][1] == TimestamptzRange(AT, AT + HOUR)
    assert all(earlier.upper == later.lower for (_, earlier), (_, later) in pairwise(titles))


@pytest.mark.parametrize("later", [timedelta(0), -HOUR], ids=["same", "earlier"])
def test_a_change_by_a_clock_that_is_behind_is_kept(app: Connection, ids: Ids, later: timedelta) -> None:
    assume(app, ids.org, ids.user)
    _rename(app, ids.shared_session, "a", AT + 5 * HOUR)
    _rename(app, ids.shared_session, "b", AT + 5 * HOUR + later)
    moment = TimestamptzRange(AT + 5 * HOUR, AT + 5 * HOUR, "[]")

    assert _titles(app, ids.shared_session)[-1] == ("a", moment)


def test_a_delete_ends_the_period_now(app: Connection, ids: Ids) -> None:
    assume(app, ids.org, ids.user)
    app.execute("delete from contextfs.sessions where id = %s", (ids.shared_session,))
    row = app.execute(
        "select upper(period) between now() and clock_timestamp() from contextfs.sessions_history"
        " where id = %s order by period desc limit 1",
        (ids.shared_session,),
    ).fetchone()

    assert row == (True,)


def test_a_row_can_be_read_as_it_was_at_a_time(app: Connection, ids: Ids) -> None:
    assume(app, ids.org, ids.user)
    _rename(app, ids.shared_session, "a", AT + 3 * HOUR)
    _rename(app, ids.shared_session, "b", AT + 6 * HOUR)
    as_of = "select title from contextfs.sessions_history where id = %s and period @> %s::timestamptz"
    titles = [
        app.execute(as_of, (ids.shared_session, AT + hours * HOUR)).fetchall() for hours in (-1, 0, 1, 3, 5.99, 6)
    ]

    assert titles == [[], [(None,)], [(None,)], [("a",)], [("a",)], []]


def test_a_change_that_is_rolled_back_leaves_no_history(app: Connection, ids: Ids) -> None:
    assume(app, ids.org, ids.user)
    with app.transaction(force_rollback=True):
        _rename(app, ids.shared_session, "a", AT + 3 * HOUR)

    assert len(_titles(app, ids.shared_session)) == 1


@pytest.mark.parametrize("table", KEPT)
def test_history_is_the_tenants_own(app: Connection, owned: tuple[str, str], ids: Ids, table: str) -> None:
    settle_tenant(owned[0])
    assume(app, ids.org, ids.user)
    query = sql.SQL("select distinct org_id from contextfs.{}").format(sql.Identifier(f"{table}_history"))

    assert app.execute(query).fetchall() == [(ids.org,)]


def test_a_session_that_became_private_shows_its_open_past(app: Connection, ids: Ids) -> None:
    assume(app, ids.org, ids.user)
    app.execute(
        "update contextfs.sessions set visibility = 'private', updated_at = %s where id = %s",
        (AT + 9 * HOUR, ids.shared_session),
    )
    app.execute("update contextfs.sessions set updated_at = %s where id = %s", (AT + 10 * HOUR, ids.shared_session))
    assume(app, ids.org, ids.colleague)
    rows = app.execute(
        "select distinct visibility from contextfs.sessions_history where id = %s", (ids.shared_session,)
    ).fetchall()

    assert rows == [("project",)]


def test_the_owner_keeps_history_without_claims(owned: tuple[str, str], ids: Ids) -> None:
    with psycopg.connect(owned[0]) as connection:
        connection.execute("alter table contextfs.projects no force row level security")
        connection.execute("alter table contextfs.sessions no force row level security")
        connection.execute("delete from contextfs.projects where id = %s", (ids.project,))
        connection.execute("alter table contextfs.sessions_history no force row level security")

        assert len(_history(connection, "sessions", ids.shared_session)) == 2
        connection.rollback()


def test_a_new_row_has_no_history(app: Connection, ids: Ids) -> None:
    assume(app, ids.org, ids.user)
    project, session = uuid4(), uuid4()
    insert(app, "projects", project_row(ids.org, project, "new"))
    insert(app, "sessions", session_row(ids.org, project, session, ids.user, "project"))

    assert _history(app, "projects", project) == []
    assert _history(app, "sessions", session) == []
