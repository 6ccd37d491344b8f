"""`ctx team`: who works with you on a server, how they come in, and what they may."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from clients.cli.line import options
from clients.cli.line.command import Argument, Group, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ContextFS, User
from contextfs.kit.errors import ContextFSError, NotAllowed, NotFound

app = Group("Invite people to the organization, list and remove them, give them a role.")

Role = Annotated[str, Option("--role", help="owner, admin, member, viewer, or a custom role.")]
Projects = Annotated[
    list[str] | None, Option("--project -p", help="A project that is open to them, by name or id; by default all.")
]
Who = Annotated[str, Argument("Their address, or their id or a part of it.")]


@app.command()
def invite(
    email: Annotated[str, Argument("The address of the invited person.")],
    role: Role = "member",
    project: Projects = None,
    days: Annotated[int, Option("--days", min=1, max=30, help="For how many days it can be accepted.")] = 7,
    json: options.Json = False,
) -> None:
    """Invite somebody; print the command with which they join, once."""
    with server.opened() as client:
        made = client.invitations.create(email, role=role, projects=named_projects(client, project), days=days)
        if json:
            output.say_json(made)
            return
        output.say(f"{email} is invited as {role}, until {output.minute(made.invitation.expires_at)}. Send them this:")
        output.say(f"\n  CONTEXTFS_URL={client.address.url} ctx team join {made.token}\n")
        output.note(f"Without ctx, they join in a browser, with the token (ctxi_…): {client.address.url}/oauth/join")
        output.note("It works once, for anybody who has it, and is not shown again.")


@app.command()
def service(
    name: Annotated[str, Argument("Its name.")],
    role: Role = "viewer",
    project: Projects = None,
    json: options.Json = False,
) -> None:
    """Add a service account: a member that is not a person, with its own keys."""
    with server.opened() as client:
        made = client.users.create(kind="service", name=name, role=role, projects=named_projects(client, project))
    if json:
        output.say_json(made)
        return
    output.say(
        f"{name} is added as {role}. Create a key for it: ctx admin key create NAME --user {output.short(made.id)}"
    )


@app.command()
def join(
    token: Annotated[str, Argument("The token of the invitation, ctxi_….")],
    name: Annotated[str | None, Option("--name", help="Your name.")] = None,
    json: options.Json = False,
) -> None:
    """Accept an invitation; the key for this server is kept for you alone."""
    import os  # noqa: PLC0415 - the environment is read here alone

    from contextfs.client.login import credentials  # noqa: PLC0415 - as above

    with ContextFS(key=token) as client:
        joined = client.invitations.accept(name)
        credentials.keep(os.environ, client.address.url, joined.secret)
    if json:
        output.say_json({"user": joined.user, "api_key": joined.api_key})
        return
    output.say(f"You are a member now, as {joined.user.role}. The key is kept for {client.address.url}.")


@app.command("list")
def list_(json: options.Json = False) -> None:
    """List members, service accounts, and open invitations."""
    with server.opened() as client:
        users = list(client.users.list(page_size=200))
        invited = list(client.invitations.list(open=True, page_size=200))
        names = {project.id: project.name for project in client.projects.list(page_size=200)}
        bounds = _bounds(client) if not json else {}
    if json:
        output.say_json({"users": users, "invitations": invited})
        return
    rows = [
        [
            _called(user),
            user.role,
            _reach(_within(user.projects, bounds.get(user.role)), names),
            _state(user),
            output.short(user.id),
        ]
        for user in users
    ]
    rows += [
        [
            one.email,
            one.role,
            _reach(_within(one.projects, bounds.get(one.role)), names),
            f"invited until {output.day(one.expires_at)}",
            output.short(one.id),
        ]
        for one in invited
    ]
    output.table(["who", "role", "projects", "state", "id"], rows)


@app.command()
def role(
    who: Who,
    role: Annotated[str, Argument("owner, admin, member, viewer, or a custom role.")],
    project: Annotated[
        list[str] | None, Option("--project -p", help="A project that is open to them from now on, by name or id.")
    ] = None,
    all_projects: Annotated[bool, Option("--all-projects", help="Open every project to them.")] = False,
    json: options.Json = False,
) -> None:
    """Give somebody another role, which applies to their keys at once. Their projects stay, unless you name others."""
    if project and all_projects:
        raise Misused("give either --project or --all-projects, not both")
    with server.opened() as client:
        changes: dict[str, Any] = {"role": role}
        if project or all_projects:
            changes["projects"] = named_projects(client, project)
        names = {one.id: one.name for one in client.projects.list(page_size=200)}
        changed = client.users.update(found(client, who).id, **changes)
        if json:
            output.say_json(changed)
        else:
            output.say(f"{_called(changed)} is {changed.role} now, in {_in(changed.projects, names)}.")
        _look_at_sign_on(client)


@app.command()
def remove(who: Who, json: options.Json = False) -> None:
    """Remove somebody, or end an invitation; their keys end at once, and what they wrote stays."""
    with server.opened() as client:
        invited = [one for one in client.invitations.list(open=True, page_size=200) if one.email.lower() == who.lower()]
        for one in invited:
            client.invitations.revoke(one.id)
        user = None if invited else found(client, who)
        if user is not None:
            client.users.delete(user.id)
        if json:
            output.say_json({"removed": user, "revoked": [one.id for one in invited]})
        elif user is None:
            output.say(f"The invitation of {who} has ended.")
        else:
            output.say(f"{_called(user)} is removed; all their keys ended.")
        if user is not None:
            _look_at_sign_on(client)


@app.command()
def suspend(
    who: Annotated[str | None, Argument("Their address, or their id or a part of it.")] = None,
    everyone: Annotated[
        bool,
        Option(
            "--everyone",
            help="Everybody but you, service accounts too; open invitations and keys without a member end.",
        ),
    ] = False,
    back: Annotated[bool, Option("--back", help="Let them in again.")] = False,
    since: Annotated[
        str | None,
        Option(
            "--since", help="With --everyone --back: the time that --everyone printed; who was out before stays out."
        ),
    ] = None,
    json: options.Json = False,
) -> None:
    """Suspend somebody: none of their keys, browsers or programs works until you let them in again."""
    if (who is None) != everyone:
        raise Misused(
            "name somebody who is suspended, or give --everyone"
            if who is None
            else "--everyone takes no name: leave one of them out"
        )
    if (since is not None) != (everyone and back):
        raise Misused("--everyone --back needs --since, and --since needs both: give the time that --everyone printed")
    with server.opened() as client:
        if since is not None:
            _let_back(client, options.moment(since, "--since"), json=json)
        elif who is None:
            _suspend_everyone(client, json=json)
        else:
            changed = client.users.update(found(client, who).id, suspended=not back)
            if json:
                output.say_json(changed)
            else:
                output.say(f"{_called(changed)} {'is let in again' if back else 'is suspended'}.")
        _look_at_sign_on(client)


def _suspend_everyone(client: ContextFS, *, json: bool) -> None:
    """Keep all others out; who comes in between is found by another turn."""
    me = client.auth.me().user_id
    if me is None:
        raise NotAllowed("This key belongs to nobody, so you would be kept out, too: use a key of your own.")
    revoked = [one.id for one in client.invitations.list(open=True, page_size=200)]
    for invitation in revoked:
        client.invitations.revoke(invitation)
    others = [one for one in client.users.list(page_size=200) if one.id != me and one.suspended_at is None]
    changed: list[User] = []
    try:
        changed.extend(client.users.update(one.id, suspended=True) for one in others)
    finally:  # those whom a run that is broken off kept out are let in again, too
        since = min((one.suspended_at for one in changed if one.suspended_at), default=None)
        if since is not None:
            output.note(f"To let them in again: ctx team suspend --everyone --back --since {since.isoformat()}")
    ended = [one.id for one in client.keys.list(page_size=200) if one.user_id is None and one.revoked_at is None]
    for key in ended:
        client.keys.revoke(key)
    if json:
        output.say_json({"users": changed, "since": since, "revoked": revoked, "keys": ended})
        return
    output.say(f"{output.counted(len(changed), 'member')} of the organization, all except you, are suspended.")
    if revoked:
        output.say(f"{output.counted(len(revoked), 'invitation')} ended.")
    if ended:
        output.say(f"{output.counted(len(ended), 'key')} without a member ended.")


def _let_back(client: ContextFS, since: datetime, *, json: bool) -> None:
    """Let those in again who are kept out since then, and nobody who was before."""
    kept_out = [one for one in client.users.list(page_size=200) if one.suspended_at and one.suspended_at >= since]
    changed = [client.users.update(one.id, suspended=False) for one in kept_out]
    if json:
        output.say_json({"users": changed})
    else:
        output.say(f"{output.counted(len(changed), 'member')} are let in again.")


def found(client: ContextFS, who: str) -> User:
    """Find a member by address, id, part of an id, or a service account's name; NotFound when there is none."""
    if "@" in who:
        user = next(iter(client.users.list(email=who)), None)
        if user is None:
            raise NotFound(f"Nobody here has the e-mail address {who}: see `ctx team list`.")
        return user
    users = list(client.users.list(page_size=200))
    by_name = [user for user in users if user.name == who]
    if len(by_name) > 1:
        raise Misused(f"{len(by_name)} are called {who!r}: give an e-mail address or an id")
    return by_name[0] if by_name else client.users.get(server.whole_id(who, users, "user"))


def named_projects(client: ContextFS, names: list[str] | None) -> list[UUID | str] | None:
    """Give the ids of projects; None stands for all."""
    return None if not names else [server.project_id(client, name) for name in names]


def _look_at_sign_on(client: ContextFS) -> None:
    """Tell an administrator when who set up how people sign in is gone, or may less: it could be their own provider.

    What the command is for is done and told by then: it does not fail with this.
    """
    try:
        if not client.sso.get().is_vouched:
            output.note("The person who set up single sign-on left, or has fewer permissions now: see `ctx admin sso`.")
    except NotAllowed:
        pass
    except ContextFSError as error:
        output.note(f"Could not check whether the person who set up single sign-on is still a member: {error}")


def _called(user: User) -> str:
    return output.one_line(user.email or user.name or str(user.id), 48)


def _state(user: User) -> str:
    if user.suspended_at is not None:
        return f"suspended {output.day(user.suspended_at)}"
    return f"since {output.day(user.created_at)}" if user.kind == "person" else "service account"


def _in(projects: list[UUID] | None, names: dict[UUID, str]) -> str:
    reach = _reach(projects, names)
    return {"all": "all projects", "none": "no project"}.get(reach, reach)


def _bounds(client: ContextFS) -> dict[str, list[UUID]]:
    """Give the projects of the roles that are for some alone; none where the caller may not see roles."""
    try:
        return {one.name: one.projects for one in client.roles.list(page_size=200) if one.projects is not None}
    except NotAllowed:
        return {}


def _within(projects: list[UUID] | None, bound: list[UUID] | None) -> list[UUID] | None:
    """Give the projects that are open to a member by a role: those of both."""
    if projects is None or bound is None:
        return bound if projects is None else projects
    return [one for one in projects if one in bound]


def _reach(projects: list[UUID] | None, names: dict[UUID, str]) -> str:
    if projects is None:
        return "all"
    return output.one_line(", ".join(names.get(one, output.short(one)) for one in projects) or "none", 40)
