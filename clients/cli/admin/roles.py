"""`ctx admin role`: an organization's own roles."""

from enum import StrEnum
from typing import Annotated, Any

from clients.cli.commands.team import named_projects
from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ContextFS, CustomRole
from contextfs.kit.errors import NotFound


class Act(StrEnum):
    """What to do with a role."""

    list = "list"
    set = "set"
    delete = "delete"


def role(
    act: Annotated[Act, Argument("list, set or delete.")] = Act.list,
    name: Annotated[str | None, Argument("The name of the role.")] = None,
    permission: Annotated[
        list[str] | None, Option("--permission", help="memories:read, memories:*, …; may be repeated.")
    ] = None,
    project: Annotated[
        list[str] | None, Option("--project -p", help="A project that it is for, by name or id; by default all.")
    ] = None,
    about: Annotated[str | None, Option("--about", help="What it is for.")] = None,
    json: options.Json = False,
) -> None:
    """List the organization's own roles, create or change one (`set`), or delete one that nobody has."""
    if (name is None) != (act is Act.list):
        raise Misused("name the role" if name is None else "`list` takes no name")
    with server.opened() as client:
        if act is Act.list or name is None:
            _print(list(client.roles.list(page_size=200)), json=json)
        elif act is Act.delete:
            client.roles.delete(_named(client, name).id)
            output.say_json({"deleted": name}) if json else output.say(f"The role {name} is deleted.")
        else:
            made = _set(client, name, permission, project, about)
            output.say_json(made) if json else output.say(
                f"{made.name} allows {', '.join(made.permissions) or 'nothing'}."
            )


def _set(
    client: ContextFS, name: str, permissions: list[str] | None, projects: list[str] | None, about: str | None
) -> CustomRole:
    """Make a role, or change the one of this name: then what is not given stays."""
    there = next(iter(client.roles.list(name=name)), None)
    reach = named_projects(client, projects)
    if there is None:
        if not permissions:
            raise Misused("a new role needs permissions: --permission memories:read")
        return client.roles.create(name, permissions, description=about, projects=reach)
    given: dict[str, Any] = {"permissions": permissions, "projects": reach, "description": about}
    return client.roles.update(there.id, **{key: value for key, value in given.items() if value is not None})


def _named(client: ContextFS, name: str) -> CustomRole:
    found = next(iter(client.roles.list(name=name)), None)
    if found is None:
        raise NotFound(f"There is no role {name!r} of the organization's own.")
    return found


def _print(roles: list[CustomRole], *, json: bool) -> None:
    if json:
        output.say_json(roles)
    elif not roles:
        output.say("The organization has no roles of its own, only owner, admin, member and viewer.")
    else:
        rows = [
            [role.name, "all" if role.projects is None else str(len(role.projects)), ", ".join(role.permissions)]
            for role in roles
        ]
        output.table(["role", "projects", "allows"], rows)
