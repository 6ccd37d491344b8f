"""`ctx admin networks`: from where the organization may be called."""

from enum import StrEnum
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.domain.networks.model import AllowList, CallerKind


class Act(StrEnum):
    """What to do with the allow-list."""

    show = "show"
    set = "set"
    clear = "clear"


class Kind(StrEnum):
    """Whose calls it holds for."""

    keys = "keys"
    logins = "logins"
    sources = "sources"
    directories = "directories"


def networks(
    act: Annotated[Act, Argument("show, set or clear.")] = Act.show,
    network: Annotated[list[str] | None, Argument("Networks in CIDR: 203.0.113.0/24, 2001:db8::/48.")] = None,
    covers: Annotated[
        list[Kind] | None,
        Option("--covers", help="Whose calls must come from there; by default keys and logins."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Show the networks that the organization may be called from, `set` others, or `clear` them to allow all."""
    if bool(network) != (act is Act.set) or (covers and act is not Act.set):
        raise Misused("`set` takes networks, and --covers" if act is Act.set else f"`{act}` takes nothing more")
    kinds: list[CallerKind] = [one.value for one in covers or (Kind.keys, Kind.logins)]
    with server.opened() as client:
        found = client.networks.get() if act is Act.show else client.networks.put(network or [], covers=kinds)
    output.say_json(found) if json else _print(found)


def _print(found: AllowList) -> None:
    if not found.networks:
        output.say("The organization may be called from everywhere.")
        return
    output.say(f"Calls of {', '.join(found.covers)} have to come from:")
    for one in found.networks:
        output.say(f"  {one}")
