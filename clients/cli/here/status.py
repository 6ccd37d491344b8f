"""`ctx status` of the store of this folder."""

import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from clients.cli.here import again
from clients.cli.here.store import opened, told
from clients.cli.shown import output
from clients.hooks.fast import SPOOL
from contextfs.local import config, git
from contextfs.local.folder import stepping
from contextfs.local.model import StoreStatus
from contextfs.local.place import LOCAL, Place
from contextfs.local.search import due
from contextfs.local.search.due import Due
from contextfs.local.store import LocalStore
from contextfs.local.sync import state
from contextfs.local.sync.state import SQL
from contextfs.local.sync.waiting import SessionsStatus

_SHOWN = 10


def show(place: Place, *, accept_missing: bool, json: bool) -> int:
    """Tell how the store stands; 1 when there are files that cannot be taken in."""
    before = again.Before(str(place.root), str(place.local))
    settings = config.read(place.config)
    with opened(place, look=False, reads=not accept_missing) as store:
        looked = store.refresh(accept_missing=accept_missing)
        told(looked, problems=False)  # the report has them
        found = _Found.of(store, settings)
        is_over = not (looked.missing or looked.unseen or looked.problems or stepping.pending(store.base, place))
    report = f"{output.json_of(found.json()) if json else found.text()}\n"
    sys.stdout.write(report)
    if is_over:
        again.keep(before, report, memories=found.store.memories, json=json)
    return 1 if found.store.problems else 0


class _Found(NamedTuple):
    """What a report tells."""

    place: Place
    settings: config.Config
    store: StoreStatus
    sessions: SessionsStatus
    due: Due
    unread: int
    known: state.Known
    unknown: list[str]
    refused: list[dict[str, Any]]

    @classmethod
    def of(cls, store: LocalStore, settings: config.Config) -> "_Found":
        """Ask the database."""
        return cls(
            place=store.place,
            settings=settings,
            store=store.status(),
            sessions=SessionsStatus.of(store.base, settings.share),
            due=due.counted(store.base),
            unread=_unread(store.place),
            known=state.known(store.base),
            unknown=config.warnings(config.text_of(store.place.config), str(store.place.config)),
            refused=store.base.all(SQL["refused"]),
        )

    def json(self) -> dict[str, Any]:
        """Write it for programs."""
        return msgspec.to_builtins(self.store) | {
            "project": {"id": str(self.settings.project.id), "name": self.settings.project.name},
            "folder": str(self.place.folder),
            "server": self.settings.server.url if self.settings.server else None,
            "last_sync": self.known.at,
            "lost": self.known.lost,
            "warnings": self.unknown,
            "refused": self.refused,
            "sessions": self.sessions,
            "unindexed": {"memories": self.due.memories, "sessions": self.due.sessions},
            "unembedded": self.due.passages,
            "unread": self.unread,
        }

    def text(self) -> str:
        """Write it for people."""
        repository = git.repository(self.place.root)
        branch = repository.branch() if repository else None
        where = f" on branch {branch}" if branch else ""
        memories = output.counted(self.store.memories, "memory", "memories")
        held = f", {output.counted(self.sessions.count, 'session')}" if self.sessions.count else ""
        head = f"{output.bold(self.settings.project.name)}{where}: {memories}{held}"
        return "\n".join([head, *self._of_server(), *self._waiting(), *self._sections()])

    def _of_server(self) -> Iterator[str]:
        if self.settings.server is None:
            yield "No server: `ctx link` connects one."
            return
        waiting = [
            output.counted(self.store.unsent, "revision") if self.store.unsent else "",
            output.counted(self.sessions.to_push, "session") if self.sessions.to_push else "",
        ]
        due = f"{' and '.join(filter(None, waiting))} to push" if any(waiting) else "nothing to push"
        at = self.known.at
        when = f", last sync {at[:16].replace('T', ' ')} UTC" if at else ", never synced"
        yield f"Server {self.settings.server.url}: {due}{when}"
        if self.known.lost:
            yield f"The server did not let us in: {self.known.lost}"

    def _waiting(self) -> Iterator[str]:
        waits = self.due
        changed = [
            output.counted(waits.memories, "memory", "memories") if waits.memories else "",
            output.counted(waits.sessions, "session") if waits.sessions else "",
        ]
        if any(changed):
            things = " and ".join(filter(None, changed))
            yield f"Changes that the next search takes in: {things}"
        if waits.passages and self.settings.search.embedder != "none":
            yield f"Without vectors yet: {output.counted(waits.passages, 'passage')}, found by words until then"
        if self.unread:
            many = output.counted(self.unread, "conversation")
            yield f"Not read since they went on: {many}; `ctx import` reads them now"

    def _sections(self) -> Iterator[str]:
        conflicts = [output.counted(self.store.conflicted, "memory", "memories")] if self.store.conflicted else []
        sections: list[tuple[str, list[str]]] = [
            ("In conflict, see `ctx conflicts list`:", conflicts),
            (
                "Cannot be taken in; the files stay as they are:",
                [f"{one.path}: {one.reason}" for one in self.store.problems],
            ),
            (
                "Older than what is known here, as git has them on this branch; `ctx memory edit ID` settles it:",
                self.store.behind,
            ),
            ("Settings that do nothing:", self.unknown),
            ("Refused by the server:", [f"{one['memory_id'][-12:]}: {one['reason']}" for one in self.refused]),
            (
                "Sessions that the server refused:",
                [f"{one.session_id.hex[-12:]}: {one.reason}" for one in self.sessions.refused],
            ),
        ]
        for title, lines in sections:
            if lines:
                yield from ("", title, *(f"  {output.printable(line)}" for line in lines[:_SHOWN]))
            if len(lines) > _SHOWN:
                yield f"  and {len(lines) - _SHOWN:,} more (--json lists them)"


def _unread(place: Place) -> int:
    """Count the conversations of which a hook noted that they went on, and that are still to be read."""
    notes = (file for folder in {place.local, place.folder / LOCAL} for file in (folder / SPOOL).glob("*.json*"))
    return sum(file.suffix in {".json", ".taken"} for file in notes)
