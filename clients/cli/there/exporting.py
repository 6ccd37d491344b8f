"""`ctx export --from-server`: the server writes a file, and it comes here."""

from pathlib import Path
from uuid import UUID

from clients.cli import output
from clients.cli.there import server
from contextfs.client import ContextFS
from contextfs.local import config, place


def fetch(file: Path, project: str | None, *, everything: bool, json: bool) -> None:
    """Ask for an export, wait for it, and write it to a file."""
    with server.opened() as client:
        asked = client.exports.create(project_id=None if everything else _project(client, project))
        output.note(f"The server writes export {asked.id} …")
        linked = client.exports.wait(asked.id)
        client.exports.fetch(linked, file)
        done = linked.export
        if json:
            output.say_json(done)
            return
        told = [
            output.counted(count, kind)
            for count, kind in ((done.revisions, "revision"), (done.sessions, "session"), (done.messages, "message"))
        ]
        output.say(f"{', '.join(told)} written to {file}")


def _project(client: ContextFS, named: str | None) -> UUID:
    """Give the project that is named, that of this folder's store, or the usual one of the server."""
    here = place.meant(Path.cwd()) if named is None else None
    return config.read(here.config).project.id if here is not None else server.project_id(client, named)
