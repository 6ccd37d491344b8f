"""`ctx auth`: log in at a server, tell who one is there, and log out."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from clients.cli.commands.grants import grants
from clients.cli.commands.logins import logins
from clients.cli.line import options
from clients.cli.line.command import Argument, Group, Misused, Option
from clients.cli.shown import output
from clients.cli.there.server import opened, project_id
from contextfs.client import ContextFS
from contextfs.client.login import credentials, keyrings
from contextfs.client.login.address import server_of
from contextfs.client.login.credentials import Kept
from contextfs.domain.logins.model import Myself
from contextfs.kit.errors import ContextFSError, NotAuthenticated

app = Group("Log in at a server, show who you are there and what may act for you, and log out.")
app.command()(grants)
app.command()(logins)

Url = Annotated[
    str | None, Argument("The server; by default that of CONTEXTFS_URL, of this machine, or of your login.")
]
_NOT_IN = 4
_NOWHERE = "nowhere"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one stands at a server. `kept` says where the key is, `problem` why one is not let in."""

    url: str
    kept: str
    until: datetime | None
    me: Myself | None
    problem: str | None


@app.command()
def login(
    url: Url = None,
    key: Annotated[
        bool, Option("--key", help="Use an API key: you are asked for it, or it is read from standard input.")
    ] = False,
    id_token_stdin: Annotated[
        bool, Option("--id-token-stdin", help="Use an ID token of the server's sign-in service, from standard input.")
    ] = False,
    organization: Annotated[
        str | None, Option("--organization", help="With an ID token: the organization, by its id.")
    ] = None,
    name: Annotated[str | None, Option("--name", help="A name for this machine at the server.")] = None,
    no_browser: Annotated[bool, Option("--no-browser", help="Print the address, and open no browser.")] = False,
    json: options.Json = False,
) -> None:
    """Log in: allow this machine in a browser, or give an API key or an ID token. The key is kept for you alone.

    A key from a browser or an ID token is yours, works for 90 days, and ends with `ctx auth logout`.
    """
    if key and id_token_stdin:
        raise Misused("give --key or --id-token-stdin, not both")
    if organization is not None and not id_token_stdin:
        raise Misused(
            "--organization needs --id-token-stdin: in a browser you choose it there, and a key names its own"
        )
    server = server_of(os.environ, url)
    if key:
        made = Kept(key=_read("API key: "))
    elif id_token_stdin:
        made = _brought(server, name, organization)
    else:
        made = _allowed(server, name, is_quiet=json, opens=not no_browser)
    with ContextFS(server, made.key) as client:
        me = client.auth.me()
    kept = credentials.keep(os.environ, server, made.key, by_login=made.by_login, until=made.until, logged_in=True)
    if json:
        output.say_json(Standing(url=server, kept=_where(kept), until=kept.until, me=me, problem=None))
        return
    output.say(f"You are {_who(me)}, at {server}.")
    output.say(f"The key is kept in {_where(kept)}.")


@app.command()
def status(url: Url = None, json: options.Json = False) -> int:
    """Show at which servers you are logged in, as whom, where the keys are kept, and until when they work."""
    known = credentials.kept(os.environ)
    asked = [server_of(os.environ, url)] if url or not known else [*known]
    found = [_standing(one, known.get(one)) for one in asked]
    if json:
        output.say_json(found)
    else:
        for one in found:
            _print(one)
        if os.environ.get("CONTEXTFS_API_KEY"):
            output.note("CONTEXTFS_API_KEY is set: at the server of CONTEXTFS_URL it is used instead of the kept key.")
    return 0 if all(one.me for one in found) else _NOT_IN


@app.command()
def token(
    project: options.Project = None,
    permission: Annotated[
        list[str] | None, Option("--permission", help="A permission: memories:read, …; may be repeated.")
    ] = None,
    minutes: Annotated[int, Option("--minutes", min=1, max=60, help="How long it works.")] = 60,
    json: options.Json = False,
) -> None:
    """Print a token with fewer permissions than your key, for one project and an hour at most: for functions and CI.

    Use it like a key (CONTEXTFS_API_KEY). It ends with your key.
    """
    with opened() as client:
        made = client.tokens.create(project_id=project_id(client, project), permissions=permission, minutes=minutes)
    if json:
        output.say_json(made)
        return
    output.say(made.access_token)
    output.note(f"It works until {output.minute(made.expires_at)}, for {', '.join(made.permissions)}.")


@app.command()
def logout(url: Url = None, json: options.Json = False) -> None:
    """Log out: forget the key of a server, and end it there if a login made it."""
    server = server_of(os.environ, url)
    known = credentials.kept(os.environ).get(server)
    if known is None:
        raise NotAuthenticated(f"You are not logged in at {server}.")
    ended = known.by_login and _ended(server)
    credentials.forget(os.environ, server)
    if json:
        output.say_json({"url": server, "ended": ended})
        return
    output.say(f"You are logged out of {server}.")
    if not ended:
        why = "the server did not answer" if known.by_login else "no login made it, and it may be used elsewhere"
        output.note(f"The key itself still works, because {why}: `ctx admin key revoke` ends it.")


def _read(asked: str) -> str:
    """Read what lets somebody in: never from the command line, which others on this machine see."""
    if sys.stdin.isatty():
        from getpass import getpass  # noqa: PLC0415 - only where somebody types

        text = getpass(asked)
    else:
        text = sys.stdin.readline()
    if not text.strip():
        raise Misused("nothing was given: type it, or send it on standard input")
    return text.strip()


def _brought(server: str, name: str | None, organization: str | None) -> Kept:
    """Ask for a key, and allow it by an ID token."""
    import httpx2  # noqa: PLC0415 - only where a device asks

    from contextfs.client.login import brought, device  # noqa: PLC0415 - as above
    from contextfs.domain.logins.model import Exchange  # noqa: PLC0415 - as above

    try:
        named = None if organization is None else UUID(organization)
    except ValueError:
        raise Misused("--organization takes an id: a member sees it by `ctx auth status --json`") from None
    wanted = Exchange(id_token=_read("ID token: "), organization_id=named)
    with httpx2.Client(timeout=30) as http:
        shown = device.begin(http, server, name or _machine())
        brought.allow(http, server, shown, wanted)
        granted = device.wait(http, server, shown)
    return Kept(key=granted.key, by_login=True, until=granted.until)


def _machine() -> str:
    import platform  # noqa: PLC0415 - only where a device asks

    return f"ctx on {platform.node() or 'a machine'}"


def _allowed(server: str, name: str | None, *, is_quiet: bool, opens: bool) -> Kept:
    """Ask for a key, and wait until somebody has allowed it in a browser."""
    import httpx2  # noqa: PLC0415 - only where a device asks

    from contextfs.client.login import brought, device  # noqa: PLC0415 - as above

    with httpx2.Client(timeout=30) as http:
        shown = device.begin(http, server, name or _machine())
        say = output.note if is_quiet else output.say
        service = brought.service_of(http, server)
        if service is not None:
            output.note(f"With an ID token of {output.printable(service.issuer)}: ctx auth login --id-token-stdin.")
        say(f"Open {shown.verification_uri_complete}")
        say(f"and allow this machine there, if it shows the code {output.bold(shown.user_code)}. Waiting …")
        if opens and sys.stdout.isatty():
            import webbrowser  # noqa: PLC0415 - as above

            webbrowser.open(shown.verification_uri_complete)
        granted = device.wait(http, server, shown)
    return Kept(key=granted.key, by_login=True, until=granted.until)


def _ended(server: str) -> bool:
    import httpx2  # noqa: PLC0415 - only where a key is given back

    from contextfs.client.login import device  # noqa: PLC0415 - as above

    try:
        key = credentials.key_of(os.environ, server)
        with httpx2.Client(timeout=10) as http:
            device.give_back(http, server, key or "")
    except ContextFSError:
        return False
    return key is not None


def _standing(server: str, known: Kept | None) -> Standing:
    told: dict[str, Any] = {
        "url": server,
        "kept": _where(known) if known else _NOWHERE,
        "until": known.until if known else None,
    }
    try:
        with ContextFS(server, attempts=1) as client:
            return Standing(**told, me=client.auth.me(), problem=None)
    except ContextFSError as error:
        return Standing(**told, me=None, problem=error.detail)


def _key(one: Standing) -> str:
    if one.kept == _NOWHERE:
        return "no key is kept here" + ("" if one.me else ": `ctx auth login` keeps one")
    if one.until is not None and one.until < datetime.now(UTC):
        return f"in {one.kept} (ended: ctx auth login)"
    return f"in {one.kept}{f', until {output.minute(one.until)}' if one.until else ''}"


def _print(one: Standing) -> None:
    output.say(output.bold(one.url))
    output.block(
        [
            ("you are", _who(one.me) if one.me else ""),
            ("organization", str(one.me.organization_id) if one.me else ""),
            ("not let in", output.one_line(one.problem, 200)),
            ("key", _key(one)),
        ]
    )


def _who(me: Myself) -> str:
    return output.printable(f"{me.email or me.actor}, {me.role} of {me.organization}")


def _where(kept: Kept) -> str:
    if kept.in_keyring:
        return f"the keyring ({keyrings.name() or 'which is missing now'})"
    return f"the file {credentials.home(os.environ) / credentials.FILE}, which only you can read"
