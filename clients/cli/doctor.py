"""`ctx doctor`: what is wrong with this installation and its server, each with its cure."""

import os
import platform
from typing import Literal

import msgspec

from clients.cli import installation, options, output
from contextfs.client import ContextFS, Retries
from contextfs.kit.errors import ContextFSError, NotAllowed

State = Literal["ok", "attention", "unknown"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, how it is, and what to do about it."""

    check: str
    state: State
    told: str
    cure: str = ""


def doctor(json: options.Json = False) -> int:
    """Look at this installation, its server, the key and the embedding model; say what is wrong, and the cure.

    The exit code is 1 when something needs attention.
    """
    findings = [_command(), _python(), *_server()]
    if json:
        output.say_json(findings)
    else:
        for finding in findings:
            _print(finding)
    return 1 if any(finding.state == "attention" for finding in findings) else 0


def _command() -> Finding:
    troubles = installation.troubles(os.environ)
    if not troubles:
        return Finding(check="command", state="ok", told="`ctx` is this one, and no other is in its way")
    told = "; ".join(trouble.told for trouble in troubles)
    return Finding(check="command", state="attention", told=told, cure=troubles[0].cure)


def _python() -> Finding:
    told = f"contextfs-platform {installation.own_version()} on Python {platform.python_version()}"
    return Finding(check="versions", state="ok", told=told)


def _server() -> list[Finding]:
    """Ask the server, as far as it answers."""
    try:
        client = ContextFS(retries=Retries(attempts=2))
    except ContextFSError as error:
        return [Finding(check="server", state="attention", told=error.detail, cure="ctx up")]
    with client:
        try:
            health = client.system.health()
        except ContextFSError as error:
            return [Finding(check="server", state="attention", told=error.detail, cure="ctx up, then ctx status")]
        reached = Finding(check="server", state="ok", told=f"{client.address.url} answers, its database too")
        return [reached, _same_version(client), _key(client), _embedder(health.checks), _letters(client)]


def _same_version(client: ContextFS) -> Finding:
    theirs = str(client.system.openapi().get("info", {}).get("version", "unknown"))
    own = installation.own_version()
    if theirs == own:
        return Finding(check="server version", state="ok", told=theirs)
    told = f"the server is {theirs}, this command is {own}"
    return Finding(check="server version", state="attention", told=told, cure="bring both to the same version")


def _key(client: ContextFS) -> Finding:
    try:
        projects = client.projects.list(page_size=1).page().items
    except NotAllowed:
        return Finding(check="key", state="ok", told="it is valid, and may not list projects")
    except ContextFSError as error:
        cure = "set CONTEXTFS_API_KEY to a key of this server; `ctx up --json` prints the local one"
        return Finding(check="key", state="attention", told=error.detail, cure=cure)
    told = "it is valid" if projects else "it is valid, and sees no project yet"
    return Finding(check="key", state="ok", told=told)


def _embedder(checks: dict[str, str]) -> Finding:
    told = checks.get("embedder", "unknown")
    if told == "ok":
        return Finding(check="embedder", state="ok", told="search compares meanings and words")
    return Finding(check="embedder", state="attention", told=told, cure="`make models`, then `ctx down` and `ctx up`")


def _letters(client: ContextFS) -> Finding:
    try:
        letters = client.admin.dead_letters(page_size=200).page().items
    except ContextFSError as error:
        return Finding(check="events", state="unknown", told=error.detail)
    stuck = [letter for letter in letters if letter.replayed_at is None]
    if not stuck:
        return Finding(check="events", state="ok", told="none was given up")
    told = (
        f"{output.counted(len(stuck), 'event')} could not be delivered; the last: {stuck[0].consumer}: {stuck[0].error}"
    )
    return Finding(check="events", state="attention", told=told, cure="see GET /v1/admin/dead-letters, then replay")


def _print(finding: Finding) -> None:
    mark = {"ok": "ok  ", "attention": "!!  ", "unknown": "?   "}[finding.state]
    output.say(f"{mark}{finding.check}: {output.one_line(finding.told, 300)}")
    if finding.cure:
        output.say(f"      cure: {finding.cure}")
