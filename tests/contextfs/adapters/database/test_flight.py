"""Statements that fly together: their answers, what they leave prepared, and what an error among them does."""

from collections.abc import Iterator

import psycopg
import pytest

from contextfs.adapters.database import flight
from contextfs.adapters.database.flight import Connection, Statement, depart, fly

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


def _holds(url: str, connection: Connection) -> bool:
    """Tell whether a connection holds an advisory lock."""
    query = "select 1 from pg_locks where locktype = 'advisory' and pid = %s"
    with psycopg.connect(url) as other:
        return other.execute(query, [connection.info.backend_pid]).fetchone() is not None


def test_the_server_works_on_what_is_under_way(connection: Connection, database_url: str) -> None:
    [locked] = depart(connection, [("select pg_advisory_lock(%(a)s::int) is null as none", {"a": 7_311})])
    for _ in range(1_000):  # nobody waits for its answer, and yet it comes to pass
        if _holds(database_url, connection):
            break
    else:
        pytest.fail("it was not sent")

    assert locked.row == {"none": False}
    assert connection.under_way == []


def test_what_departs_by_and_by_lands_at_once(connection: Connection) -> None:
    early = depart(connection, [("begin", {}), ADDED])
    [absent] = depart(connection, [ABSENT])
    *_, ended = fly(connection, [ADDED, ("commit", {})])

    assert [b"BEGIN", {"sum": 5, "rest": 3}, None, b"COMMIT"] == [early[0].tag, early[1].row, absent.row, ended.tag]


def test_an_answer_is_waited_for_by_who_asks_for_it(connection: Connection) -> None:
    [added] = depart(connection, [ADDED])
    [absent] = depart(connection, [ABSENT])

    assert (None, {"sum": 5, "rest": 3}) == (absent.row, added.row)
    assert fly(connection, [ADDED])[0].row == added.row


def test_who_asks_for_an_answer_does_not_wait_for_what_departed_behind_it(
    connection: Connection, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_advisory_lock(7314)")
        [added] = depart(connection, [ADDED])
        [waits] = depart(connection, [("select pg_advisory_lock(7314) is null as a", {})])
        first = added.row, connection.under_way == [waits]
        other.execute("select pg_advisory_unlock(7314)")

    assert (({"sum": 5, "rest": 3}, True), {"a": False}) == (first, waits.row)
    assert (connection.under_way, fly(connection, [ADDED])[0].row) == ([], {"sum": 5, "rest": 3})


def test_what_failed_first_is_told_to_who_asks_and_what_departed_behind_it_lands(connection: Connection) -> None:
    *_, failed = depart(connection, [("begin", {}), BROKEN])
    depart(connection, [ADDED])
    with pytest.raises(psycopg.errors.DivisionByZero):
        _ = failed.row
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        fly(connection, [("commit", {})])
    fly(connection, [("rollback", {})])

    assert fly(connection, [ADDED])[0].row == {"sum": 5, "rest": 3}


def test_what_departs_twice_in_one_flight_is_prepared_once(connection: Connection) -> None:
    answers = [answer for _ in range(5) for answer in depart(connection, [ADDED])]

    assert [5] * 5 == [answer.row and answer.row["sum"] for answer in answers]
    assert _prepared(connection) == 1


def test_behind_what_failed_under_way_nothing_is_run(connection: Connection) -> None:
    for _ in range(4):
        *_, never = depart(connection, [("begin", {}), BROKEN, ADDED])
        depart(connection, [ABSENT])
        with pytest.raises(psycopg.errors.DivisionByZero):
            fly(connection, [ADDED, ("commit", {})])
        with pytest.raises(psycopg.OperationalError, match="this statement was not run"):
            _ = never.row
        fly(connection, [("rollback", {})])

        assert fly(connection, [ADDED])[0].row == {"sum": 5, "rest": 3}


def test_more_than_a_socket_holds_is_under_way_both_ways(connection: Connection) -> None:
    wide: Statement = ("select %(a)s::text || 'b' as a", {"a": "a" * 10_000_000})
    answers = [*depart(connection, [wide]), *depart(connection, [wide]), *fly(connection, [ADDED])]

    assert [10_000_001, 10_000_001] == [len((answer.row or {})["a"]) for answer in answers[:2]]
    assert answers[2].row == {"sum": 5, "rest": 3}


def test_a_value_that_cannot_be_written_keeps_what_is_under_way(connection: Connection) -> None:
    [added] = depart(connection, [ADDED])
    with pytest.raises(UnicodeEncodeError):
        depart(connection, [("select %(a)s as a", {"a": "\ud800"})])

    assert added.row == {"sum": 5, "rest": 3}


def test_a_connection_that_is_lost_under_way_is_told_and_closed(connection: Connection, database_url: str) -> None:
    depart(connection, [("begin", {}), ADDED])
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])

    with pytest.raises(psycopg.OperationalError):
        fly(connection, [("commit", {})])
    assert (connection.closed, connection.under_way) == (True, [])


def test_what_never_came_lands_nothing_of_somebody_else(connection: Connection) -> None:
    [_, never] = depart(connection, [BROKEN, ADDED])
    with pytest.raises(psycopg.errors.DivisionByZero):
        fly(connection, [])
    depart(connection, [ABSENT])

    with pytest.raises(psycopg.OperationalError, match="this statement was not run"):
        _ = never.row
    assert (len(connection.under_way), fly(connection, [ADDED])[0].row) == (1, {"sum": 5, "rest": 3})
