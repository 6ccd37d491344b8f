"""`ctx admin bi-login`: roles of Postgres by which BI tools read one organization."""

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server

if TYPE_CHECKING:
    from uuid import UUID

    from contextfs.runtime.bi_logins import BiLogin, BiLoginEnded, BiLoginMade


_NOT_OURS = "this database's owner may not end the connections of others"


class Act(StrEnum):
    """What to do with logins."""

    list = "list"
    make = "make"
    rotate = "rotate"
    drop = "drop"


def bi_login(
    act: Annotated[Act, Argument("list, make, rotate or drop.")] = Act.list,
    login: Annotated[str | None, Argument("The login to rotate or drop.")] = None,
    organization: Annotated[
        str | None, Option("--organization", help="The organization's id; not needed on the platform of this machine.")
    ] = None,
    project: Annotated[
        list[str] | None, Option("--project", help="`make`: only this project, by id; may be repeated.")
    ] = None,
    connections: Annotated[
        int, Option("--connections", min=1, max=50, help="`make`: how many connections it may hold at once.")
    ] = 5,
    json: options.Json = False,
) -> None:
    """Create a login with which a BI tool reads one organization's views in Postgres; list, rotate or drop logins.

    It needs the address of the database's owner (CONTEXTFS_MIGRATION_DATABASE_URL), or the platform of this machine.
    """
    from contextfs.runtime.bi_logins import BiLogins  # noqa: PLC0415 - the server's parts are loaded here alone

    if (login is not None) != (act in {Act.rotate, Act.drop}):
        raise Misused(f"`{act}` takes {'one login' if login is None else 'no login'}")
    logins, org_id = BiLogins(os.environ), None if organization is None else _id(organization)
    if act is Act.drop:
        ended = logins.drop(login or "")
        output.say_json(ended) if json else _show_ended(ended)
    elif act is Act.list:
        found = logins.list(org_id)
        output.say_json(found) if json else _show(found)
    else:
        ids = [_id(one) for one in project or []]
        made = logins.rotate(login or "") if act is Act.rotate else logins.make(org_id, ids, connections=connections)
        output.say_json(made) if json else _show_made(made)


def _id(text: str) -> "UUID":
    found = server.as_id(text)
    if found is None:
        raise Misused(f"{text!r} is not an id")
    return found


def _show(found: "list[BiLogin]") -> None:
    if not found:
        output.say("There is no login yet: ctx admin bi-login make.")
        return
    rows = [
        [
            one.login,
            str(one.org_id or "gone: drop it"),
            ", ".join(map(str, one.project_ids)) if one.project_ids else "all",
        ]
        for one in found
    ]
    output.table(["login", "organization", "projects"], rows)


def _show_ended(ended: "BiLoginEnded") -> None:
    output.say(f"{ended.login} is gone.")
    if not ended.disconnected:
        output.note(f"Open connections of it stay, and see nothing: {_NOT_OURS}.")
    if not ended.removed:
        output.note("Its role stays, and cannot log in: objects that it made depend on it.")


def _show_made(made: "BiLoginMade") -> None:
    output.say(output.bold(f"{made.login} may connect; its password is shown only once:"))
    output.block([("connect by", made.url)])
    if not made.disconnected:
        output.note(f"Connections made with the old password stay: {_NOT_OURS}.")
    if made.open:
        output.note(
            f"Only a superuser can close these to it: {', '.join(made.open)}. With them it can disturb the server: "
            "let it connect to a replica, or give it to people you trust."
        )
