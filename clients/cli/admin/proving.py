"""`ctx admin prove-isolation`: whether anybody gets at what belongs to somebody else, tried on a running server."""

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from clients.cli.line import options
from clients.cli.line.command import Option
from clients.cli.shown import output

if TYPE_CHECKING:
    from contextfs.runtime.isolation.model import Proof

_LEAKED = 1
_EVERY_SECONDS = 15


class Format(StrEnum):
    """How a proof is printed."""

    table = "table"
    json = "json"
    md = "md"


def prove_isolation(
    url: Annotated[
        str | None, Option("--url", help="The server to test; by default that of CONTEXTFS_URL, or of this machine.")
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format, Option("--format", help="table, json, or md (Markdown, for your records).")
    ] = Format.table,
    json: options.Json = False,
) -> int:
    """Test on a running server that nobody reaches what belongs to another organization, project or person.

    It creates two organizations, and removes them at the end; nobody else's data is read or changed. It needs the
    settings of the server (CONTEXTFS_DATABASE_URL and its siblings), or the platform of this machine. It takes minutes,
    and reports progress on standard error. The exit code is 1 if something leaks.
    """
    from contextfs.kit.settings import from_environment  # noqa: PLC0415 - the server's parts are loaded here alone
    from contextfs.runtime import secrets, stack  # noqa: PLC0415 - as above
    from contextfs.runtime.isolation.prove import prove  # noqa: PLC0415 - as above

    is_here = "CONTEXTFS_DATABASE_URL" not in os.environ
    settings = (
        stack.settings_of(stack.Home.of(os.environ)) if is_here else from_environment(secrets.resolved(os.environ))
    )
    own = settings.public_url or f"http://{settings.host}:{settings.port}"
    asked = url or (None if is_here else os.environ.get("CONTEXTFS_URL")) or own
    progress = output.Progress(every=_EVERY_SECONDS)
    try:
        proof = prove(settings, asked, progress.show)
    finally:
        progress.clear()
    _print(proof, Format.json if json else format)
    return _LEAKED if proof.leaks else 0


def _print(proof: "Proof", form: Format) -> None:
    from contextfs.runtime.isolation import telling  # noqa: PLC0415 - as above

    if form is Format.json:
        output.say_json(proof)
    elif form is Format.md:
        output.say(telling.markdown(proof))
    else:
        for title, heads, rows in telling.tables(proof):
            output.say(output.bold(title))
            output.table(heads, rows)
            output.say()
        for one in proof.leaks:
            output.say(f"LEAK  {output.printable(telling.leak(one))}")
        output.say(telling.verdict(proof))
