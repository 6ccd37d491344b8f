"""`ctx admin key`: the API keys of an organization."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from clients.cli.commands.team import found
from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ApiKey, ApiKeyCreated, ContextFS


class Act(StrEnum):
    """What to do with a key."""

    list = "list"
    create = "create"
    rotate = "rotate"
    revoke = "revoke"


def key(
    act: Annotated[Act, Argument("list, create, rotate or revoke.")] = Act.list,
    which: Annotated[str | None, Argument("The name of a new key; else its id or a part of it.")] = None,
    permission: Annotated[
        list[str] | None, Option("--permission", help="A permission of a new key: memories:read, …; may be repeated.")
    ] = None,
    project: options.Project = None,
    user: Annotated[str | None, Option("--user", help="The service account that a new key is for.")] = None,
    until: Annotated[str | None, Option("--until", help="When a new key ends: 2027-01-31, 2027-01-31T09:30.")] = None,
    overlap: Annotated[
        int, Option("--overlap", min=0, max=720, help="With rotate: for how many hours the old key still works.")
    ] = 24,
    json: options.Json = False,
) -> None:
    """List keys with their last use, create one, replace one (`rotate`), or end one at once (`revoke`)."""
    if (which is None) != (act is Act.list):
        raise Misused("name the key" if which is None else "`list` takes no name")
    with server.opened() as client:
        if which is None:
            _print(list(client.keys.list(page_size=200)), json=json)
        elif act is Act.create:
            made = client.keys.create(
                which,
                permissions=permission,
                project_id=None if project is None else server.project_id(client, project),
                user_id=None if user is None else found(client, user).id,
                expires_at=None if until is None else options.moment(until, "--until"),
            )
            _show(made, json=json)
        elif act is Act.rotate:
            _show(client.keys.rotate(_whole(client, which), overlap_hours=overlap), json=json)
        else:
            ended = client.keys.revoke(_whole(client, which))
            output.say_json(ended) if json else output.say(f"The key {ended.name} no longer works.")


def _whole(client: ContextFS, which: str) -> str:
    return str(server.whole_id(which, client.keys.list(page_size=200), "key"))


def _show(made: ApiKeyCreated, *, json: bool) -> None:
    if json:
        output.say_json(made)
        return
    output.say(made.secret)
    output.note("Save it now: it is not shown again.")


def _print(keys: list[ApiKey], *, json: bool) -> None:
    if json:
        output.say_json(keys)
        return
    now = datetime.now(UTC)
    rows = [
        [
            output.one_line(one.name, 40),
            f"…{one.hint}",
            output.one_line(", ".join(one.permissions) or "nothing", 40),
            output.minute(one.last_used_at) if one.last_used_at else "never",
            _state(one, now),
            output.short(one.id),
        ]
        for one in keys
    ]
    output.table(["key", "ends in", "may", "last used", "state", "id"], rows)


def _state(one: ApiKey, now: datetime) -> str:
    if one.revoked_at is not None:
        return f"revoked {output.day(one.revoked_at)}"
    if one.expires_at is None:
        return "open"
    return f"{'until' if one.expires_at > now else 'ended'} {output.minute(one.expires_at)}"
