"""Statements that fly together: their answers, what they leave prepared, and what an error among them does."""

from collections.abc import Iterator

import psycopg
import pytest

from contextfs.adapters.database import flight
from contextfs.adapters.database.flight import Connection, Statement, fly

ADDED: Statement = ("select %(a)s::int + %(b)s::int as sum, 7 %% 4 as rest", {"a": 2, "b": 3})
ABSENT: Statement = ("select 1 as one where %(a)s::int is null", {"a": 1})
BROKEN: Statement = ("select 1 / %(a)s::int as none", {"a": 0})
NAMES = "select count(*) as n from pg_prepared_statements"


@pytest.fixture
def connection(app_url: str) -> Iterator[Connection]:
    """Give a connection of its own."""
    with Connection.connect(app_url, autocommit=True) as opened:
        yield opened


def _prepared(connection: Connection) -> int:
    [answer] = fly(connection, [(NAMES, {})])
    return answer.row["n"] if answer.row else -1


def test_each_statement_is_answered_in_its_place(connection: Connection) -> None:
    answers = fly(connection, [("begin", {}), ADDED, ABSENT, ("commit", {})])

    assert [(b"BEGIN", None), (b"SELECT 1", {"sum": 5, "rest": 3}), (b"SELECT 0", None), (b"COMMIT", None)] == [
        (answer.tag, answer.row) for answer in answers
    ]


def test_all_rows_come_and_what_was_touched_is_counted(connection: Connection) -> None:
    [counted, odd] = fly(
        connection,
        [
            ("select n from generate_series(1, %(many)s::int) as n", {"many": 3}),
            ("select n from generate_series(1, 4) as n where n % 2 = 1 order by n", None),
        ],
    )

    assert (3, [{"n": 1}, {"n": 3}]) == (counted.touched, odd.rows)


def test_no_more_is_prepared_than_a_server_should_keep(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flight, "_MOST_PREPARED", 3)
    for number in range(6):
        for _ in range(2):
            fly(connection, [(f"select %(a)s::int + {number} as sum", {"a": 1})])

    assert _prepared(connection) == 3


def test_what_comes_again_is_prepared_once(connection: Connection) -> None:
    told: list[int] = []
    for _ in range(4):
        fly(connection, [("begin", {}), ADDED, ABSENT, ("rollback", {})])
        told.append(_prepared(connection))

    assert [0, 2, 2, 2] == told


def test_what_comes_again_in_one_flight_is_prepared_once(connection: Connection) -> None:
    answers = fly(connection, [ADDED] * 5)

    assert [5] * 5 == [answer.row and answer.row["sum"] for answer in answers]
    assert _prepared(connection) == 1


def test_what_would_be_waited_for_without_end_is_refused(connection: Connection) -> None:
    with pytest.raises(psycopg.NotSupportedError, match="copies"):
        fly(connection, [("copy (select 1) to stdout", {})])

    assert connection.closed


def test_a_value_that_cannot_be_read_is_no_matter_where_nobody_asks_for_it(connection: Connection) -> None:
    far: Statement = ("select timestamptz '294276-01-01' as far", {})
    answers = fly(connection, [("begin", {}), far, ("commit", {})])

    assert answers[-1].tag == b"COMMIT"
    with pytest.raises(psycopg.DataError):
        _ = answers[1].rows


def test_a_value_of_another_type_is_prepared_by_itself(connection: Connection) -> None:
    told = [fly(connection, [("select %(a)s as a", {"a": value})])[0].row for value in (1, 1, "x", "x", None, None, 2)]

    assert [1, 1, "x", "x", None, None, 2] == [row and row["a"] for row in told]


def test_the_first_error_is_told_and_what_stands_behind_it_is_not_run(connection: Connection) -> None:
    for _ in range(4):
        with pytest.raises(psycopg.errors.DivisionByZero):
            fly(connection, [("begin", {}), ADDED, BROKEN, ABSENT, ("commit", {})])
        fly(connection, [("rollback", {})])
        answers = fly(connection, [ADDED, ABSENT])

        assert [{"sum": 5, "rest": 3}, None] == [answer.row for answer in answers]


def test_a_value_that_cannot_be_written_keeps_the_connection(connection: Connection) -> None:
    with pytest.raises(UnicodeEncodeError):
        fly(connection, [ADDED, ("select %(a)s as a", {"a": "\ud800"})])

    assert fly(connection, [ADDED])[0].row == {"sum": 5, "rest": 3}
