"""`ctx admin residency`: in which region the organization lives."""

from enum import StrEnum
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.domain.homes.model import Residency


class Act(StrEnum):
    """What to do about calls that arrive in another region."""

    show = "show"
    forward = "forward"
    refuse = "refuse"


def residency(
    act: Annotated[
        Act, Argument("show; or what happens to calls that arrive elsewhere: forward or refuse.")
    ] = Act.show,
    json: options.Json = False,
) -> None:
    """Show in which region the organization lives; forward or refuse calls that arrive in another one."""
    with server.opened() as client:
        found = client.residency.get() if act is Act.show else client.residency.put(act.value)
    output.say_json(found) if json else _print(found)


def _print(found: Residency) -> None:
    output.say(f"The organization lives in {found.region}.")
    if found.others:
        done = "forwarded there" if found.elsewhere == "forward" else "refused, with its address"
        output.say(f"Calls that arrive in {', '.join(found.others)} are {done}.")
