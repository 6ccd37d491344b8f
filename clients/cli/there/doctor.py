"""`ctx doctor` of a server: whether it answers, whether it lets us in, what it lacks and what is stuck in it."""

import os
from collections.abc import Iterator

from clients.cli import installation
from clients.cli.shown import output
from clients.cli.shown.finding import Finding
from contextfs.client import ContextFS, Retries
from contextfs.kit.errors import ContextFSError, NotAllowed

_RETRIES = Retries(attempts=2)


def findings() -> list[Finding]:
    """Ask the server that is meant, as far as it answers."""
    try:
        client = ContextFS(retries=_RETRIES, or_login=True)
    except ContextFSError as error:
        return [Finding(check="server", state="attention", told=error.detail, cure="ctx up")]
    with client:
        try:
            health = client.system.health()
        except ContextFSError as error:
            return [Finding(check="server", state="attention", told=error.detail, cure="ctx up, then ctx status")]
        return [
            reached(client),
            same_version(client),
            *_platform(client),
            key(client),
            _embedder(health.checks),
            _letters(client),
        ]


def reached(client: ContextFS) -> Finding:
    """Tell of a server that answered."""
    return Finding(check="server", state="ok", told=f"{client.address.url} answers, its database too")


def same_version(client: ContextFS) -> Finding:
    """Compare the server's version with ours."""
    theirs = str(client.system.openapi().get("info", {}).get("version", "unknown"))
    own = installation.own_version()
    if theirs == own:
        return Finding(check="server version", state="ok", told=theirs)
    told = f"the server is {theirs}, this command is {own}"
    return Finding(check="server version", state="attention", told=told, cure="bring both to the same version")


def _platform(client: ContextFS) -> Iterator[Finding]:
    """Tell whether the platform of this machine, where that is the server, runs with the code that is installed."""
    try:
        from contextfs.runtime import stack  # noqa: PLC0415 - who has no platform here has no libraries for it either
    except ModuleNotFoundError:
        return
    home = stack.Home.of(os.environ)
    try:
        if not stack.supervised(home):  # whoever answers at its port meanwhile is another program
            return
        saved = home.saved()
        if saved is None or client.address.url != f"http://127.0.0.1:{saved.port}":
            return
        outdated = stack.is_outdated(home)
    except ContextFSError as error:
        yield Finding(check="platform", state="attention", told=error.detail, cure="ctx status")
        return
    if outdated:
        told = "it runs with other code, or another model, than is installed here"
        yield Finding(check="platform", state="attention", told=told, cure="ctx up, which restarts it with these")
    else:
        yield Finding(check="platform", state="ok", told="it runs with the code that is installed here")


def key(client: ContextFS) -> Finding:
    """Tell whether the key is good."""
    try:
        projects = client.projects.list(page_size=1).page().items
    except NotAllowed:
        return Finding(check="key", state="ok", told="it is valid, but may not list projects")
    except ContextFSError as error:
        cure = "set CONTEXTFS_API_KEY to a key of this server; `ctx up --json` prints the local one"
        return Finding(check="key", state="attention", told=error.detail, cure=cure)
    told = "it is valid" if projects else "it is valid, but sees no project yet"
    return Finding(check="key", state="ok", told=told)


def _embedder(checks: dict[str, str]) -> Finding:
    told = checks.get("embedder", "unknown")
    if told == "ok":
        return Finding(check="embedder", state="ok", told="search compares meanings and words")
    return Finding(check="embedder", state="attention", told=told, cure="`make models`, then `ctx up`")


def _letters(client: ContextFS) -> Finding:
    try:
        letters = client.admin.dead_letters(page_size=200).page().items
    except ContextFSError as error:
        return Finding(check="events", state="unknown", told=error.detail)
    stuck = [letter for letter in letters if letter.replayed_at is None]
    if not stuck:
        return Finding(check="events", state="ok", told="every event could be delivered")
    told = (
        f"{output.counted(len(stuck), 'event')} could not be delivered; the last: {stuck[0].consumer}: {stuck[0].error}"
    )
    return Finding(check="events", state="attention", told=told, cure="see GET /v1/admin/dead-letters, then replay")
