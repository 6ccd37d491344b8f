"""`ctx status`: how the store of this folder stands, or the platform of this machine."""

from typing import Annotated

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Option


def status(
    deleted: Annotated[
        bool, Option("--deleted", help="Confirm that the missing files were deleted on purpose.")
    ] = False,
    server: where.Server = False,
    json: options.Json = False,
) -> int:
    """Show what is new, in conflict or wrong in the store of this folder, and what the server lacks.

    Elsewhere, and with --server, show the state of the platform of this machine. The exit code is 1 if something is
    wrong with it, or if there are files that cannot be taken in.
    """
    found = None if server else where.only()
    if found is None:
        from clients.cli.there import status as there  # noqa: PLC0415 - the one that is meant is loaded

        return there.show(json=json)
    from clients.cli.here import status as here  # noqa: PLC0415 - as above

    return here.show(found, accept_missing=deleted, json=json)
