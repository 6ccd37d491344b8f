"""`ctx sql`: a question in SQL, and its answer for people and programs."""

import csv
from io import StringIO

from contextfs.client import ContextFS
from tests.clients.cli.conftest import Ctx

QUERY = "select title, metadata ->> 'key' as key, tags from memories order by title"


def remember(client: ContextFS) -> None:
    client.memories.create("Said once.", title="a", tags=["x"], metadata={"key": "k"})
    client.memories.create("Said twice.", title="b")


def test_an_answer_is_a_table_for_people(ctx: Ctx, client: ContextFS) -> None:
    remember(client)

    told = ctx("sql", QUERY)

    assert [line.split() for line in told.out.splitlines()] == [
        ["title", "key", "tags"],
        ["a", "k", '["x"]'],
        ["b", "[]"],
    ]
    assert told.err == "2 rows\n"


def test_an_answer_is_json_and_csv_for_programs(ctx: Ctx, client: ContextFS) -> None:
    remember(client)
    reply = ctx("sql", QUERY, "--json").json
    rows = list(csv.DictReader(StringIO(ctx("sql", "-", "--format", "csv", stdin=QUERY).out)))

    assert reply["rows"] == [["a", "k", ["x"]], ["b", None, []]]
    assert rows == [{"title": "a", "key": "k", "tags": '["x"]'}, {"title": "b", "key": "", "tags": "[]"}]


def test_more_rows_are_told(ctx: Ctx) -> None:
    assert "There are more rows" in ctx("sql", "select * from generate_series(1, 9) n", "--limit", "3").err


def test_things_are_asked_as_they_were(ctx: Ctx, client: ContextFS) -> None:
    remember(client)

    assert ctx("sql", QUERY, "--as-of", "2020-01-01", "--json").json["rows"] == []


def test_what_is_wrong_is_told_in_one_line(ctx: Ctx) -> None:
    told = ctx("sql", "drop table memories")

    assert (told.code, told.err) == (2, "ctx: Write one SELECT: nothing is changed here (query)\n")
