"""Where a command that listens keeps what it hears: in the store of this folder, or on a server."""

import os

from clients.cli import where
from clients.cli.shown import output
from contextfs.adapters.transcripts.injected import without_context
from contextfs.adapters.transcripts.tally import Tally
from contextfs.client.login import address
from contextfs.client.recording.recorder import Recorder
from contextfs.local.place import Place
from contextfs.recording.conversation import Reader
from contextfs.recording.model import Sink


def recorder(*, server: bool, project: str | None = None) -> tuple[Recorder, str]:
    """Make a recorder, and name where it keeps things. What tools put among a user's words is taken out."""
    keeping, named = sink(server=server, project=project)
    return Recorder(keeping, reader=Reader(_cleaned), tell=tell), named


def place(*, server: bool, project: str | None = None) -> Place | None:
    """Give the store that conversations are kept in; None for a server.

    Unreachable where none was named: that somebody is logged in at one does not say that all is to be sent there.
    """
    on_server = server or project is not None
    if on_server or where.only() is None:
        address.find(os.environ)
    return where.here(on_server, "one")


def sink(*, server: bool, project: str | None) -> tuple[Sink, str]:
    """Give where things are kept, and its name."""
    found = place(server=server, project=project)
    if found is not None:
        from clients.cli.here.recording import LocalSink  # noqa: PLC0415 - the one that is meant is loaded

        return LocalSink(found), str(found.root)
    from clients.cli.there import server as there  # noqa: PLC0415 - as above
    from contextfs.client.recording.server import ServerSink  # noqa: PLC0415 - as above

    client = there.opened()
    return ServerSink(lambda: client, project_id=there.project_id(client, project)), client.address.url


def _cleaned(text: str) -> str:
    return without_context(text, Tally())


def tell(text: str) -> None:
    """Tell a person what could not be kept."""
    output.note(f"ctx: {text}")
