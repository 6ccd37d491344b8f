"""`ctx auth grants`: the programs that one let act for oneself."""

from enum import StrEnum
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.domain.grants.model import Grant


class Act(StrEnum):
    """What to do with grants."""

    list = "list"
    end = "end"


def grants(
    act: Annotated[Act, Argument("list, or end.")] = Act.list,
    grant: Annotated[str | None, Argument("With end: the grant, by some digits of its id.")] = None,
    every: Annotated[bool, Option("--all", help="With end: all of yours.")] = False,
    json: options.Json = False,
) -> None:
    """List the programs that may act for you at the server (they came by MCP), or `end` one or all at once."""
    if [grant is not None, every].count(True) != (act is Act.end):
        raise Misused(
            "`end` takes one grant, or --all: see `ctx auth grants list`"
            if act is Act.end
            else "`list` takes no grant: leave it out"
        )
    with server.opened() as client:
        if grant is not None:
            ended = server.whole_id(grant, client.auth.grants(), "grant")
            client.auth.ungrant(ended)
            output.say_json({"ended": ended}) if json else output.say("It may no longer act for you.")
            return
        found = list(client.auth.grants())
        if every:
            for one in found:
                client.auth.ungrant(one.id)
            told = output.counted(len(found), "program")
            output.say_json({"ended": len(found)}) if json else output.say(f"{told} may no longer act for you.")
            return
    output.say_json(found) if json else _show(found)


def _show(found: list[Grant]) -> None:
    if not found:
        output.say("No program may act for you.")
        return
    rows = [
        [
            output.printable(one.client_name)[:40],
            ", ".join(one.permissions),
            output.minute(one.used_at) if one.used_at else "never",
            output.minute(one.expires_at),
            output.short(one.id),
        ]
        for one in found
    ]
    output.table(["program", "may", "used", "until", "id"], rows)
