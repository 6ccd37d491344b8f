"""`ctx doctor` of the link between a store and its server."""

from collections.abc import Iterator
from uuid import UUID

from clients.cli.here.store import opened
from clients.cli.shown import output
from clients.cli.shown.finding import Finding
from clients.cli.there import doctor as there
from contextfs.client import ContextFS, Retries
from contextfs.kit.errors import ContextFSError, NotFound
from contextfs.local.place import Place
from contextfs.local.sync import state
from contextfs.local.sync.state import SQL

_RETRIES = Retries(attempts=2)


def findings(found: Place, project_id: UUID, url: str) -> Iterator[Finding]:
    """Ask the server, as far as it answers, and tell how the last sync went."""
    try:
        with ContextFS(url, retries=_RETRIES) as client:
            client.system.health()
            yield from (there.reached(client), there.same_version(client), there.key(client))
            yield _project(client, project_id)
    except ContextFSError as error:
        cure = "you can work without it; `ctx link` sets another server or key, `ctx link --unlink` disconnects"
        yield Finding(check="server", state="attention", told=error.detail, cure=cure)
    try:
        yield _sync(found)
    except ContextFSError:
        return  # told already


def _project(client: ContextFS, project_id: UUID) -> Finding:
    try:
        project = client.projects.get(project_id)
    except NotFound:
        told = f"{client.address.url} has no project {project_id} that this key may see"
        return Finding(check="project", state="attention", told=told, cure="`ctx link` makes it, or ask for access")
    except ContextFSError as error:
        return Finding(check="project", state="unknown", told=error.detail)
    return Finding(check="project", state="ok", told=f"{project.name} is there")


def _sync(found: Place) -> Finding:
    with opened(found, look=False) as store:
        known, refused = state.known(store.base), store.base.all(SQL["refused"])
        unsent = store.status().unsent
    if known.lost:
        return Finding(check="sync", state="attention", told=known.lost, cure="`ctx link` with a valid key")
    if refused:
        told = f"the server refused {output.counted(len(refused), 'revision')}"
        return Finding(check="sync", state="attention", told=told, cure="`ctx status` tells why")
    due = f"{output.counted(unsent, 'revision')} to push" if unsent else "nothing to push"
    return Finding(check="sync", state="ok", told=f"{due}, last sync {known.at or 'never'}")
