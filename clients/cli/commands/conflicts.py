"""`ctx conflicts`: memories that two people changed at once, and whose text somebody has to choose."""

from typing import Annotated

from clients.cli import where
from clients.cli.commands import memory
from clients.cli.here import memory as here
from clients.cli.line import options
from clients.cli.line.asked import Listed
from clients.cli.line.command import Argument, Group, Misused, Option
from contextfs.kit.errors import NotFound

app = Group("List and settle conflicts.")


@app.command("list")
def list_(limit: options.Limit = 50, json: options.Json = False) -> None:
    """List the memories with several texts."""
    here.listed(_place(), Listed(superseded=True, conflicted=True, limit=limit), json=json)


@app.command()
def resolve(
    id: memory.Id,  # noqa: A002 - the argument's name
    text: Annotated[str | None, Argument("The new text; without it, your editor opens.")] = None,
    keep: Annotated[
        int | None, Option("--keep", min=1, help="Keep this text, by its number in `ctx memory show`.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Settle a conflict with one of its texts or a new one; the others stay in the history."""
    if text is not None and keep is not None:
        raise Misused("give a text or --keep, not both")
    here.resolve(_place(), id, text=text, keep=keep, json=json)


def _place() -> where.Place:
    found = where.only()
    if found is None:
        raise NotFound(
            "This needs a folder with a store: make one with `ctx init`, or use `ctx memory edit` on a server."
        )
    return found
