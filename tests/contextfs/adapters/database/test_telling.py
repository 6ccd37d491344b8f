"""What the Database adapter says when the database refuses: the product's words, and never a value."""

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from contextfs.adapters.database.postgres import PostgresDatabase, Statement
from contextfs.kit.errors import BadInput, Conflict, Contended, ContextFSError, Invalid, NotFound, Unavailable
from tests.conftest import as_role
from tests.contextfs.adapters.database.tenancy import AT, Ids, memory_row, project_row, session_row

SECRET = "hunter2"

# What a state of SQL is told as, whoever caused it. The names of the states: Postgres' manual, appendix A.
STATES: dict[str, type[ContextFSError]] = {
    "23505": Conflict,  # unique_violation
    "23P01": Conflict,  # exclusion_violation
    "23503": NotFound,  # foreign_key_violation
    "42501": NotFound,  # insufficient_privilege, a row-level security check too
    "23514": Invalid,  # check_violation
    "22003": Invalid,  # numeric_value_out_of_range
    "22008": Invalid,  # datetime_field_overflow
    "54000": Invalid,  # program_limit_exceeded
    "54001": Invalid,  # statement_too_complex
    "22P02": BadInput,  # invalid_text_representation
    "22021": BadInput,  # character_not_in_repertoire
    "22P05": BadInput,  # untranslatable_character
    "22023": BadInput,  # invalid_parameter_value
    "40001": Contended,  # serialization_failure
    "40P01": Contended,  # deadlock_detected
    "55P03": Contended,  # lock_not_available
    "57014": Unavailable,  # query_canceled
    "53100": Unavailable,  # disk_full
    "53300": Unavailable,  # too_many_connections
    "25006": Unavailable,  # read_only_sql_transaction
    "26000": Unavailable,  # invalid_sql_statement_name, of a prepared statement
    "25P03": Unavailable,  # idle_in_transaction_session_timeout
    "42P01": Unavailable,  # undefined_table
    "42703": Unavailable,  # undefined_column
    "42883": Unavailable,  # undefined_function
    "23502": ContextFSError,  # not_null_violation
    "42601": ContextFSError,  # syntax_error
    "P0001": ContextFSError,  # raise_exception
    "XX000": ContextFSError,  # internal_error
}


def _insert(table: str, row: dict[str, Any]) -> Statement:
    names = ", ".join(row)
    values = ", ".join(f"%({name})s" for name in row)
    return f"insert into {table} ({names}) values ({values})", row  # noqa: S608 - names of this file


def _call(database: PostgresDatabase, opening: Sequence[Statement], *statements: Statement) -> None:
    """Make a transaction that runs these statements."""
    with database.transaction(*opening) as (tx, _):
        for statement in statements:
            tx.run(*statement)


def _claims(ids: Ids) -> Statement:
    return "select contextfs.assume(%(org)s, %(user)s, null)", {"org": ids.org, "user": ids.user}


@pytest.fixture(scope="module")
def database(app_url: str) -> Iterator[PostgresDatabase]:
    """Give a pool."""
    opened = PostgresDatabase(app_url, size=3)
    yield opened
    opened.close()


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_told_as(database: PostgresDatabase, caplog: pytest.LogCaptureFixture, state: str) -> None:
    caplog.set_level(logging.INFO)
    raising = f"do $$ begin raise exception 'text: {SECRET}' using errcode = '{state}', detail = '{SECRET}'; end $$"
    with pytest.raises(ContextFSError) as caught:
        _call(database, [], (raising, {}))
    said = "".join(traceback.format_exception(caught.value)).replace(raising, "")

    assert type(caught.value) is STATES[state]
    assert SECRET not in said
    if not state.startswith("42"):  # of those the text is our own statement's
        assert SECRET not in str([vars(record) for record in caplog.records])


REFUSED: dict[str, tuple[type[ContextFSError], str]] = {
    "the name of a project": (Conflict, "A project of this name exists already: choose another name"),
    "the id of a project": (Conflict, "A project with this id exists already."),
    "the external id of a session": (Conflict, "A session of this tool with this external_id exists already"),
    "the id of a memory": (Conflict, "A memory with this id exists already: leave the id out"),
    "a session's project": (NotFound, "There is no such project, or it is not yours to see."),
    "a memory's project": (NotFound, "There is no such project, or it is not yours to see."),
    "a memory's session": (NotFound, "There is no such session, or it is not yours to see."),
    "another tenant": (NotFound, "What this refers to does not exist here, or it is not yours to change."),
    "a status": (Invalid, "A value is outside of what can be stored"),
    "a number": (Invalid, "A value is outside of what can be stored"),
    "a NUL": (BadInput, "A value cannot be stored: it holds a character"),
    "a NUL in JSON": (BadInput, "A value cannot be stored: it holds a character"),
    "half a character": (BadInput, "A value cannot be stored: it holds a character"),
    "deep JSON": (Invalid, "larger or more deeply nested than the database can store"),
    "a long name": (Invalid, "larger or more deeply nested than the database can store"),
}


def _statements(ids: Ids) -> dict[str, list[Statement]]:
    session = session_row(ids.org, ids.project, uuid4(), ids.user, "project")
    memory = memory_row(ids.org, ids.project, uuid4(), ids.user, "project")
    project = project_row(ids.org, uuid4(), SECRET)
    taken = session | {"external_id": SECRET}
    noise = "".join(chr(0x4E00 + (number * number) % 20_000) for number in range(9000))  # Postgres compresses the rest
    return {
        "the name of a project": [_insert("projects", project), _insert("projects", project | {"id": uuid4()})],
        "the id of a project": [_insert("projects", project | {"id": ids.project})],
        "the external id of a session": [_insert("sessions", taken), _insert("sessions", taken | {"id": uuid4()})],
        "the id of a memory": [_insert("memories", memory | {"id": ids.shared_memory})],
        "a session's project": [_insert("sessions", session | {"project_id": uuid4()})],
        "a memory's project": [_insert("memories", memory | {"project_id": uuid4()})],
        "a memory's session": [_insert("memories", memory | {"session_id": uuid4()})],
        "another tenant": [_insert("sessions", session | {"org_id": uuid4()})],
        "a status": [_insert("sessions", session | {"status": SECRET})],
        "a number": [_insert("sessions", session | {"message_count": 2**31})],
        "a NUL": [_insert("sessions", session | {"title": f"{SECRET}\0"})],
        "a NUL in JSON": [_insert("sessions", session | {"metadata": f'{{"a": "{SECRET}\\u0000"}}'})],
        "half a character": [_insert("sessions", session | {"title": f"{SECRET}\ud800"})],
        "deep JSON": [_insert("sessions", session | {"metadata": "[" * 50_000 + "]" * 50_000})],
        "a long name": [_insert("projects", project | {"name": SECRET + noise})],
    }


@pytest.mark.parametrize("why", REFUSED)
def test_a_refusal_is_told_without_its_value(
    database: PostgresDatabase, ours: Ids, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    caplog.set_level(logging.INFO)
    kind, detail = REFUSED[why]
    with pytest.raises(ContextFSError) as caught:
        _call(database, [_claims(ours)], *_statements(ours)[why])

    assert type(caught.value) is kind
    assert caught.value.detail.startswith(detail) or detail in caught.value.detail
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert SECRET not in str([vars(record) for record in caplog.records])


def test_a_refusal_of_a_last_statement_is_told_alike(database: PostgresDatabase, ours: Ids) -> None:
    with (
        pytest.raises(Conflict, match=r"^A project with this id exists already"),
        database.transaction(_claims(ours)) as (tx, _),
    ):
        tx.last(*_insert("projects", project_row(ours.org, ours.project, "another")))


def test_a_refusal_of_one_of_many_is_told_alike(database: PostgresDatabase, ours: Ids) -> None:
    row = project_row(ours.org, ours.project, "another")
    query, _row = _insert("projects", row)
    with (
        pytest.raises(Conflict, match=r"^A project with this id exists already"),
        database.transaction(_claims(ours)) as (tx, _),
    ):
        tx.many(query, [row | {"id": uuid4()}, row])


def test_a_lock_that_is_not_free_is_told(database: PostgresDatabase, ours: Ids) -> None:
    hold = ("select * from projects where id = %(id)s for update", {"id": ours.project})
    with (
        database.transaction(_claims(ours), hold),
        pytest.raises(Unavailable, match=r"^Another change got in the way; nothing was stored, try again"),
        database.transaction(_claims(ours), ("set local lock_timeout = 50", {})) as (tx, _),
    ):
        tx.one(*hold)


def test_an_overflow_is_told(database: PostgresDatabase) -> None:
    with pytest.raises(Invalid, match="check numbers, dates"), database.transaction():
        datetime.max.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=1)))


EDGES = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, 14, tzinfo=timezone(timedelta(hours=14))),
    datetime(1883, 11, 18, 12, 3, 58, tzinfo=timezone(-timedelta(hours=4, minutes=56, seconds=2))),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    AT,
    datetime(2026, 3, 4, 5, 6, 7, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
]
BEYOND = [
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(microseconds=1))),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone(-timedelta(microseconds=1))),
    datetime(9999, 12, 31, 12, 1, tzinfo=timezone(-timedelta(hours=12))),
]


@pytest.mark.parametrize("moment", EDGES, ids=str)
def test_a_moment_comes_back_in_utc(database: PostgresDatabase, ours: Ids, moment: datetime) -> None:
    row = session_row(ours.org, ours.project, uuid4(), ours.user, "project") | {"started_at": moment}
    query, _ = _insert("sessions", row)
    with database.transaction(_claims(ours)) as (tx, _):
        stored = tx.one(f"{query} returning started_at", row)
        tx.run("delete from sessions where id = %(id)s", row)

    assert stored is not None
    assert stored == {"started_at": moment}
    assert stored["started_at"].utcoffset() == timedelta(0)


@pytest.mark.parametrize("column", ["started_at", "ended_at"])
@pytest.mark.parametrize("moment", BEYOND, ids=str)
def test_a_moment_that_could_not_be_read_again_is_refused(
    database: PostgresDatabase, ours: Ids, moment: datetime, column: str
) -> None:
    row = session_row(ours.org, ours.project, uuid4(), ours.user, "project") | {column: moment}
    with pytest.raises(Invalid, match="check numbers, dates"):
        _call(database, [_claims(ours)], _insert("sessions", row))


@pytest.mark.parametrize("text", ["infinity", "-infinity", "0001-01-01 BC", "10000-01-01"])
def test_no_text_brings_such_a_moment_in(database: PostgresDatabase, ours: Ids, text: str) -> None:
    row = session_row(ours.org, ours.project, uuid4(), ours.user, "project") | {"started_at": text}
    query, _ = _insert("sessions", row)
    by_the_server = query.replace("%(started_at)s", "(%(started_at)s::text)::timestamptz")
    with pytest.raises(Invalid):
        _call(database, [_claims(ours)], (by_the_server, row))


def test_the_servers_settings_do_not_matter(database_url: str, new_database: Callable[[], str]) -> None:
    url = new_database()
    name = sql.Identifier(str(conninfo_to_dict(url)["dbname"]))
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("timezone = 'Asia/Kathmandu'", "datestyle = 'SQL, DMY'", "client_encoding = 'LATIN1'"):
            connection.execute(sql.SQL("alter database {} set ").format(name) + sql.SQL(setting))  # pyright: ignore[reportArgumentType]
    pool = PostgresDatabase(as_role(url, "contextfs_app"), size=1)
    with pool.transaction() as (tx, _):
        row = tx.one(
            "select %(at)s::timestamptz as at, %(at)s::timestamptz::text as written, %(text)s::text as text",
            {"at": AT, "text": "źdźbło 草"},
        )
    pool.close()

    assert row is not None
    assert row == {"at": AT, "written": "2026-03-04 05:06:07+00", "text": "źdźbło 草"}
    assert row["at"].isoformat() == AT.isoformat()
