"""`ctx doctor`: what is wrong here, each with its cure."""

import os
import platform
from collections.abc import Iterator
from typing import Annotated

from clients.cli import installation, where
from clients.cli.line import options
from clients.cli.line.command import Option
from clients.cli.shown import output
from clients.cli.shown.finding import Finding


def doctor(
    repair: Annotated[bool, Option("--repair", help="Write missing files of this folder's memories.")] = False,
    server: where.Server = False,
    json: options.Json = False,
) -> int:
    """Check this installation and the store of this folder: its files, its database, git, and its server.

    Elsewhere, and with --server, check the server: whether it answers, the key, the embedding model, the events. Each
    problem is shown with its cure, and the exit code is 1 if something needs attention.
    """
    findings = [_command(), _python(), *_of_place(server, repair=repair)]
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


def _of_place(server: bool, *, repair: bool) -> Iterator[Finding]:
    if not server:
        from clients.cli.here import doctor as here  # noqa: PLC0415 - the one that is meant is loaded

        if here.is_here():
            yield from here.findings(repair=repair)
            return
    from clients.cli.there import doctor as there  # noqa: PLC0415 - as above

    yield from there.findings()


def _print(finding: Finding) -> None:
    mark = {"ok": "ok  ", "attention": "!!  ", "unknown": "?   "}[finding.state]
    output.say(f"{mark}{finding.check}: {output.one_line(finding.told, 300)}")
    if finding.cure:
        output.say(f"      cure: {output.one_line(finding.cure, 300)}")
