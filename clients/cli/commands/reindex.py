"""`ctx reindex`: what search looks through, made anew."""

from pathlib import Path
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Option
from clients.cli.shown import output
from contextfs.local import place

Quiet = Annotated[bool, Option("--background", help="Say nothing, and only finish what is due.", hidden=True)]


def reindex(background: Quiet = False, json: options.Json = False) -> int:
    """Make the search index of this store anew, from its memories and sessions, with a vector for every passage.

    Search keeps the index fresh by itself; this is for one that is damaged, or to have all vectors now. It can be cut
    at any time, and goes on; one that is at work in the background is waited for.
    """
    from clients.cli.here import reindexing  # noqa: PLC0415 - loaded where it is needed

    where = place.required(Path.cwd())
    if background:
        return reindexing.in_background(where)
    done = reindexing.run(where)
    if json:
        output.say_json(done)
    else:
        reindexing.show(done)
    return 0
