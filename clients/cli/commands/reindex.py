"""`ctx reindex`: what search looks through, made anew."""

from pathlib import Path
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Option
from clients.cli.shown import output
from contextfs.local import place

Quiet = Annotated[bool, Option("--background", help="Say nothing, and only finish what is due.", hidden=True)]


def reindex(background: Quiet = False, json: options.Json = False) -> int:
    """Rebuild the search index of this store from its memories and sessions, with a vector for every passage.

    Search keeps the index fresh by itself. Use this for a damaged index, or to get all vectors now. You can interrupt
    it at any time, and the next run goes on. If one runs in the background, this waits for it.
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
