"""`ctx import` into a server."""

from collections.abc import Iterator
from pathlib import Path

from clients.cli.shown import output
from clients.cli.taking import report
from clients.cli.taking.reading import Tally
from clients.cli.taking.transfer import Sender
from clients.cli.there import server
from contextfs.adapters.transcripts.normalised import Normalised


def bring(pairs: Iterator[tuple[Path, Normalised]], tally: Tally, *, project: str | None, of: int, json: bool) -> None:
    """Send conversations, and tell what was stored."""
    progress = output.Progress()
    with server.opened() as client:
        into = client.projects.get(server.project_id(client, project))
        for now in Sender(client, into.id, tally).send_all(pairs):
            progress.show(f"{now.files}/{of} files · {output.counted(now.stored, 'message')} stored")
        progress.clear()
        if json:
            output.say_json(tally.shown() | {"project_id": str(into.id)})
        else:
            report.summary(tally, into.name)
            if tally.new or tally.grown:
                output.note("Memories are being learned from them now: `ctx status` shows the progress.")
