"""`ctx export --from-server`, `ctx admin audit export`: the server writes a file, and it comes here."""

from pathlib import Path
from uuid import UUID

from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ContextFS
from contextfs.domain.exports.model import Export
from contextfs.local import config, place


def fetch(file: Path, project: str | None, *, everything: bool, json: bool) -> None:
    """Ask for an export, wait for it, and write it to a file."""
    with server.opened() as client:
        asked = client.exports.create(project_id=None if everything else _project(client, project))
        done = _written(client, asked, file)
    if json:
        output.say_json(done)
        return
    told = [
        output.counted(count, kind)
        for count, kind in ((done.revisions, "revision"), (done.sessions, "session"), (done.messages, "message"))
    ]
    output.say(f"{', '.join(told)} written to {file}")


def fetch_log(client: ContextFS, file: Path, *, json: bool) -> None:
    """Ask for an export of the audit log, wait for it, and write it to a file."""
    done = _written(client, client.exports.create(audit_log=True), file)
    output.say_json(done) if json else output.say(
        f"{output.counted(done.entries, 'entry', 'entries')} written to {file}"
    )


def _written(client: ContextFS, asked: Export, file: Path) -> Export:
    output.note(f"The server writes export {asked.id} …")
    linked = client.exports.wait(asked.id)
    client.exports.fetch(linked, file)
    return linked.export


def _project(client: ContextFS, named: str | None) -> UUID:
    """Give the project that is named, that of this folder's store, or the usual one of the server."""
    here = place.meant(Path.cwd()) if named is None else None
    return config.read(here.config).project.id if here is not None else server.project_id(client, named)
