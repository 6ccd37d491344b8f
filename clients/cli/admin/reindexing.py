"""`ctx admin reindex`: have what search looks through made anew by the model and for the languages set now."""

import time
from typing import Annotated

from clients.cli.line import options
from clients.cli.line.command import Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ContextFS, Reindexing
from contextfs.domain.search.generations import Progress

_SECONDS = 1.0


def reindex(
    status: Annotated[bool, Option("--status", help="Only show the progress.")] = False,
    wait: Annotated[bool, Option("--wait/--no-wait", help="Wait until search uses the new vectors.")] = True,
    json: options.Json = False,
) -> int:
    """Remake the server's vectors and words with the model and languages set now; exit code 1 if it is stuck.

    You can leave it at any time, and call it again: it goes on where it was.
    """
    with server.opened() as client:
        told = client.admin.reindexing() if status else client.admin.reindex()
        if wait and not status:
            told = _waited(client, told)
    if json:
        output.say_json(told)
    else:
        _show(told)
    return 1 if _problem(told) else 0


def _waited(client: ContextFS, told: Reindexing) -> Reindexing:
    """Show how far it has come, until all is done or something keeps it from going on."""
    progress = output.Progress()
    try:
        while (running := _running(told)) is not None and running.generation.problem is None:
            progress.show(f"{running.generation.model}: {_share(running)}")
            time.sleep(_SECONDS)
            told = client.admin.reindexing()
        while told.outdated:
            progress.show(_outdated(told))
            time.sleep(_SECONDS)
            told = client.admin.reindexing()
    finally:
        progress.clear()
    return told


def _running(told: Reindexing) -> Progress | None:
    return told.building or (told.serving if told.serving is not None and told.serving.waiting else None)


def _show(told: Reindexing) -> None:
    if told.serving is None:
        output.say("There are no vectors yet: they come with the first passages.")
    else:
        output.say(f"Search uses {told.serving.generation.model}: {_share(told.serving)}.")
    if told.building is not None:
        output.say(f"{told.building.generation.model} will replace it: {_share(told.building)}.")
    elif told.serving is not None and told.model not in {None, told.serving.generation.model}:
        output.say(f"{told.model} is set now: `ctx admin reindex` makes its vectors.")
    if told.outdated:
        output.say(f"{_outdated(told)}: `ctx admin reindex` makes them for these.")
    if problem := _problem(told):
        output.say(f"It cannot go on: {problem}")


def _outdated(told: Reindexing) -> str:
    languages = ", ".join(["en", *told.languages])
    return f"{told.outdated:,} passages were made for other languages than are set ({languages})"


def _problem(told: Reindexing) -> str | None:
    return told.problem or (told.building.generation.problem if told.building else None)


def _share(progress: Progress) -> str:
    done = progress.passages - progress.waiting
    return f"{done:,} of {progress.passages:,} passages have their vectors"
