"""`ctx status` of the store of this folder."""

from typing import Any

import msgspec

from clients.cli import output
from clients.cli.here.store import opened
from contextfs.local import config, git
from contextfs.local.model import StoreStatus
from contextfs.local.place import Place
from contextfs.local.sessions.store import LocalSessions
from contextfs.local.store import LocalStore
from contextfs.local.sync import state
from contextfs.local.sync.sessions import SessionsStatus
from contextfs.local.sync.state import SQL

_SHOWN = 10


def show(place: Place, *, accept_missing: bool, json: bool) -> int:
    """Tell how the store stands."""
    settings = config.read(place.config)
    repository = git.repository(place.root)
    with opened(place, accept_missing=accept_missing) as store:
        found = store.status()
        sessions = SessionsStatus.of(LocalSessions(store))
        known = state.known(store.base)
        refused = store.base.all(SQL["refused"])
        if json:
            output.say_json(_json(store, settings, found, known, refused) | {"sessions": sessions})
            return 0
        branch = repository.branch() if repository else None
        where = f" on branch {branch}" if branch else ""
        memories = output.counted(found.memories, "memory", "memories")
        held = f", {output.counted(sessions.count, 'session')}" if sessions.count else ""
        output.say(f"{output.bold(settings.project.name)}{where}: {memories}{held}")
        _print_server(settings, found, sessions, known)
        _print_found(found, refused, sessions)
    return 0


def _print_server(settings: config.Config, found: StoreStatus, sessions: SessionsStatus, known: state.Known) -> None:
    if settings.server is None:
        output.say("No server: `ctx link` connects one.")
        return
    waiting = [
        output.counted(found.unsent, "revision") if found.unsent else "",
        output.counted(sessions.to_push, "session") if sessions.to_push else "",
    ]
    due = f"{' and '.join(filter(None, waiting))} to push" if any(waiting) else "nothing to push"
    when = f", last sync {known.at[:16].replace('T', ' ')} UTC" if known.at else ", never synced"
    output.say(f"Server {settings.server.url}: {due}{when}")
    if known.lost:
        output.say(f"The server did not let us in: {known.lost}")


def _print_found(found: StoreStatus, refused: list[dict[str, Any]], sessions: SessionsStatus) -> None:
    conflicts = [f"{output.counted(found.conflicted, 'memory', 'memories')}"] if found.conflicted else []
    sections: list[tuple[str, list[str]]] = [
        ("In conflict, see `ctx conflicts list`:", conflicts),
        ("Cannot be taken in; the files stay as they are:", [f"{one.path}: {one.reason}" for one in found.problems]),
        ("Older than what is known here, as git has them on this branch:", found.behind),
        ("Refused by the server:", [f"{one['memory_id'][-12:]}: {one['reason']}" for one in refused]),
        (
            "Sessions that the server refused:",
            [f"{one.session_id.hex[-12:]}: {one.reason}" for one in sessions.refused],
        ),
    ]
    for title, lines in sections:
        if not lines:
            continue
        output.say()
        output.say(title)
        for line in lines[:_SHOWN]:
            output.say(f"  {output.printable(line)}")
        if len(lines) > _SHOWN:
            output.say(f"  and {len(lines) - _SHOWN:,} more (--json lists them)")


def _json(
    store: LocalStore, settings: config.Config, found: StoreStatus, known: state.Known, refused: list[dict[str, Any]]
) -> dict[str, Any]:
    plain = msgspec.to_builtins(found)
    return plain | {
        "project": {"id": str(settings.project.id), "name": settings.project.name},
        "folder": str(store.place.folder),
        "server": settings.server.url if settings.server else None,
        "last_sync": known.at,
        "lost": known.lost,
        "refused": refused,
    }
