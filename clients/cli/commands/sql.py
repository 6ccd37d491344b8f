"""`ctx sql`: a question to the server, in SQL."""

import csv
import sys
from enum import StrEnum
from typing import Annotated

import msgspec

from clients.cli.line import options
from clients.cli.line.command import Argument, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import SqlReply

_LONGEST_CELL = 60


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"
    csv = "csv"


def sql(
    query: Annotated[str, Argument("One SELECT; - reads it from standard input.")],
    as_of: Annotated[str | None, Option("--as-of", help="The state at this time.")] = None,
    limit: Annotated[int, Option("--limit -n", min=1, max=10_000, help="How many rows at most.")] = 1000,
    format: Annotated[  # noqa: A002 - the option's name
        Format, Option("--format", help="table, json or csv.")
    ] = Format.table,
    json: options.Json = False,
) -> None:
    """Query the server in SQL: projects, sessions, messages, memories, memory_fact and its siblings, revisions.

    One SELECT over what you may see. It only reads, for five seconds at most.
    """
    text = sys.stdin.read() if query == "-" else query
    moment = None if as_of is None else options.moment(as_of, "--as-of")
    with server.opened() as client:
        reply = client.sql.query(text, as_of=moment, max_rows=limit)
    if json or format is Format.json:
        output.say_json(reply)
    elif format is Format.csv:
        writer = csv.writer(sys.stdout)
        writer.writerow([column.name for column in reply.columns])
        writer.writerows([_text(value) for value in row] for row in reply.rows)
    else:
        _print_table(reply)
    if reply.truncated:
        output.note("There are more rows than these: see --limit, or ask for less.")


def _print_table(reply: SqlReply) -> None:
    rows = [[output.one_line(_text(value), _LONGEST_CELL) for value in row] for row in reply.rows]
    output.table([output.one_line(column.name, _LONGEST_CELL) for column in reply.columns], rows)
    output.note(output.counted(reply.row_count, "row"))


def _text(value: object) -> str:
    """Write a value in one cell: a text as it is, nothing as nothing, all else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
