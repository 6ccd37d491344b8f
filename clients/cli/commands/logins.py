"""`ctx auth logins`: the browsers in which one is signed in."""

from enum import StrEnum
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.domain.logins.model import Login


class Act(StrEnum):
    """What to do with logins."""

    list = "list"
    end = "end"


def logins(
    act: Annotated[Act, Argument("list, or end.")] = Act.list,
    login: Annotated[str | None, Argument("With end: the login, by some digits of its id.")] = None,
    every: Annotated[bool, Option("--all", help="With end: all of yours.")] = False,
    json: options.Json = False,
) -> None:
    """List the browsers in which you are signed in at the server, or `end` one or all at once."""
    if [login is not None, every].count(True) != (act is Act.end):
        raise Misused(
            "`end` takes one login, or --all: see `ctx auth logins list`"
            if act is Act.end
            else "`list` takes no login: leave it out"
        )
    with server.opened() as client:
        if every:
            ended = client.auth.end_all()
            output.say_json(ended) if json else output.say(f"{output.counted(ended.ended, 'login')} ended.")
        elif login is not None:
            one = server.whole_id(login, client.auth.logins(), "login")
            client.auth.end(one)
            output.say_json({"ended": one}) if json else output.say("That browser is signed out.")
        else:
            found = list(client.auth.logins())
            output.say_json(found) if json else _show(found)


def _show(found: list[Login]) -> None:
    if not found:
        output.say("You are not signed in with any browser.")
        return
    rows = [
        [
            output.one_line(one.agent, 40),
            one.method,
            output.minute(one.used_at),
            output.minute(one.expires_at),
            output.short(one.id),
        ]
        for one in found
    ]
    output.table(["browser", "by", "used", "until", "id"], rows)
