"""`ctx admin scim`: the tokens by which a directory tells who comes and goes."""

from enum import StrEnum
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Misused
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.domain.scim.model import ScimToken


class Act(StrEnum):
    """What to do with a token."""

    list = "list"
    create = "create"
    revoke = "revoke"


def scim(
    act: Annotated[Act, Argument("list, create or revoke.")] = Act.list,
    which: Annotated[str | None, Argument("The name of a new token; else its id or a part of it.")] = None,
    json: options.Json = False,
) -> None:
    """List the tokens of directories (SCIM 2.0), create one, or end one at once."""
    if (which is None) != (act is Act.list):
        raise Misused("name the token" if which is None else "`list` takes no name")
    with server.opened() as client:
        if which is None:
            _print(client.scim.tokens().items, json=json)
        elif act is Act.create:
            made = client.scim.mint(which)
            if json:
                output.say_json(made)
                return
            output.block([("base url", made.base_url), ("token", made.secret)])
            output.note("Save it now: it is not shown again.")
        else:
            ended = client.scim.revoke(server.whole_id(which, client.scim.tokens().items, "token"))
            output.say_json(ended) if json else output.say(f"The token {ended.name} no longer works.")


def _print(tokens: list[ScimToken], *, json: bool) -> None:
    if json:
        output.say_json(tokens)
    elif not tokens:
        output.say("No directory has a token yet: ctx admin scim create NAME.")
    else:
        rows = [
            [
                output.one_line(one.name, 40),
                f"…{one.hint}",
                output.day(one.created_at),
                f"revoked {output.day(one.revoked_at)}" if one.revoked_at else "open",
                output.short(one.id),
            ]
            for one in tokens
        ]
        output.table(["token", "ends in", "since", "state", "id"], rows)
