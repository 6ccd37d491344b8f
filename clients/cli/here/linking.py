"""Link a store with a server, or part them."""

from collections.abc import Mapping

import msgspec

from contextfs.client import ContextFS
from contextfs.client.login import credentials
from contextfs.domain.projects.model import Project
from contextfs.kit.errors import Conflict, NotFound
from contextfs.local import config
from contextfs.local.folder import write
from contextfs.local.place import Place


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """Which server a store is linked with, and its project there; `created` when that was made now."""

    url: str | None
    project: str
    created: bool


def link(place: Place, url: str | None, key: str | None, environment: Mapping[str, str]) -> Linked:
    """Connect with a server; its project has the id that is committed here.

    Without an address it is the server that the settings name, else the platform of this machine, or the one login
    there is.
    """
    settings = config.read(place.config)
    wanted = url or (settings.server.url if settings.server else None)
    with ContextFS(wanted, key, or_login=True) as client:
        created = False
        try:
            project = client.projects.get(settings.project.id)
        except NotFound:
            project, created = _made(client, settings), True
        found = client.address.url
    if key is not None:
        credentials.keep(environment, found, key)
    _write(place, config.with_server(config.text_of(place.config), found))
    return Linked(url=found, project=project.name, created=created)


def unlink(place: Place) -> Linked:
    """Part from the server."""
    _write(place, config.with_server(config.text_of(place.config), None))
    return Linked(url=None, project=config.read(place.config).project.name, created=False)


def _made(client: ContextFS, settings: config.Config) -> Project:
    """Make the project; where its name is taken, a part of its id tells it apart."""
    try:
        return client.projects.create(settings.project.name, id=settings.project.id)
    except Conflict:
        name = f"{settings.project.name} {settings.project.id.hex[-6:]}"
        return client.projects.create(name, id=settings.project.id)


def _write(place: Place, text: str) -> None:
    config.parse(text, str(place.config))
    write.Writer(place.folder, place.local / "tmp").replace(place.config, text.encode())
