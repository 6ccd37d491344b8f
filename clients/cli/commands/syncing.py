"""`ctx link`, `ctx push`, `ctx pull` and `ctx sync`: the store of this folder and its server."""

import os
from pathlib import Path
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Argument, Option
from clients.cli.shown import output
from contextfs.local import place
from contextfs.local.sync.report import Direction, SyncReport

Quiet = Annotated[bool, Option("--background", help="Say nothing, and let another sync that runs do it.", hidden=True)]


def link(
    url: Annotated[
        str | None,
        Argument("The server's address; by default that of the settings, this machine's platform, or your login."),
    ] = None,
    key: Annotated[
        str | None, Option("--key", help="An API key of the server; kept for you, outside of the store.")
    ] = None,
    unlink: Annotated[bool, Option("--unlink", help="Disconnect from the server; both keep what they have.")] = False,
    json: options.Json = False,
) -> None:
    """Connect the store of this folder with a server; its project is created there if needed."""
    from clients.cli.here import linking  # noqa: PLC0415 - the client is loaded where it is needed

    where = place.required(Path.cwd())
    linked = linking.unlink(where) if unlink else linking.link(where, url, key, os.environ)
    if json:
        output.say_json(linked)
    elif linked.url is None:
        output.say("Disconnected from the server. Both keep what they have.")
    else:
        made = " (made now)" if linked.created else ""
        output.say(f"Linked with {linked.url}, project {linked.project}{made}. `ctx sync` brings both together.")
        output.say("Changes are now pushed in the background; `background = false` below [sync] turns this off.")


def push(background: Quiet = False, json: options.Json = False) -> int:
    """Send what is new here to the server."""
    return _run("push", background=background, json=json)


def pull(json: options.Json = False) -> int:
    """Take in what changed on the server."""
    return _run("pull", background=False, json=json)


def sync(background: Quiet = False, json: options.Json = False) -> int:
    """Take in what changed on the server, and send what is new here. If interrupted, the next run goes on."""
    return _run("both", background=background, json=json)


def _run(direction: Direction, *, background: bool, json: bool) -> int:
    from clients.cli.here import exchanging  # noqa: PLC0415 - the client is loaded where it is needed

    where = place.required(Path.cwd())
    if background:
        return exchanging.in_background(where, direction)
    report = exchanging.run(where, direction)
    if json:
        output.say_json(report)
    else:
        _print(report)
    return 0


def _print(report: SyncReport) -> None:
    pulled, pushed, sessions = report.pulled, report.pushed, report.sessions
    parts = [
        (pulled.memories, f"{output.counted(pulled.memories, 'memory', 'memories')} changed on the server"),
        (pulled.sessions, f"{output.counted(pulled.sessions, 'session')} came from the server"),
        (pushed.sent, f"{output.counted(pushed.sent, 'revision')} sent"),
        (sessions.sent, f"{output.counted(sessions.sent, 'session')} sent"),
        (sessions.records, f"{output.counted(sessions.records, 'record')} sent"),
        (sessions.followed, f"{output.counted(sessions.followed, 'memory', 'memories')} followed their sessions"),
        (pulled.sessions_withdrawn, f"{output.counted(pulled.sessions_withdrawn, 'session')} withdrawn"),
        (pulled.withdrawn, f"{pulled.withdrawn:,} made private by their authors, and removed here"),
        (pulled.kept, f"{pulled.kept:,} made private by their authors, and kept because of your own edits"),
    ]
    said = [text for count, text in parts if count]
    output.say(f"{report.url}: {', '.join(said) if said else 'nothing new'}")
    if pulled.conflicted:
        output.say(f"{output.counted(pulled.conflicted, 'conflict')}: see `ctx conflicts list`.")
    if sessions.refused:
        output.note(f"{output.counted(sessions.refused, 'session')} refused: `ctx status` tells why.")
    if pushed.refused:
        output.note(f"{output.counted(pushed.refused, 'revision')} refused: `ctx status` tells why.")
