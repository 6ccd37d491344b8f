"""Sync of the store of this folder: now, or as a process in the background."""

import os
import sqlite3
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clients.cli.shown import output
from contextfs.client import ContextFS
from contextfs.kit.errors import Conflict, ContextFSError
from contextfs.local import config
from contextfs.local.base.connection import FILE, Base, explained
from contextfs.local.folder import ahead, settled
from contextfs.local.place import Place
from contextfs.local.sync import glimpse
from contextfs.local.sync.alone import A_LOOK, alone
from contextfs.local.sync.report import Direction, SyncReport
from contextfs.local.sync.state import server_of

if TYPE_CHECKING:
    from contextfs.local.store import LocalStore

_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.1
_PAUSE_SECONDS = 5.0
"""How long a sync in the background waits before it begins, so that one serves many commands."""


def run(place: Place, direction: Direction) -> SyncReport:
    """Sync now; another sync that runs is waited for."""
    progress = output.Progress()
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with alone(place.local) as is_mine:
            if is_mine:
                try:
                    return _exchanged(place, direction, progress)
                finally:
                    progress.clear()
        if time.monotonic() > until:
            raise Conflict(
                f"Another sync of this store has been running for {_PATIENCE_SECONDS:.0f} seconds: try later."
            )
        progress.show("Waiting for another sync …")
        time.sleep(_LOOK_SECONDS)
        ahead.forget()  # what is edited while we wait is sent too


def in_background(place: Place, direction: Direction) -> int:
    """Sync without a word, unless another process does already; it begins after a pause.

    What was changed meanwhile is sent too: whoever changed it saw that we hold the lock, and started nobody.
    """
    while True:
        with alone(place.local, patience=A_LOOK) as is_mine:
            if not is_mine:
                return 0
            time.sleep(_PAUSE_SECONDS)
            try:
                _exchanged(place, direction, output.Progress())
            except ContextFSError:
                return 1  # the next command tries again, and `ctx status` tells
        if not _is_due(place):
            return 0


def _is_due(place: Place) -> bool:
    """Tell whether something waits to be sent."""
    from clients.cli.here.store import opened  # noqa: PLC0415 - as below
    from contextfs.local.sync.push import due  # noqa: PLC0415 - as below

    with opened(place, look=False) as store:
        return next(due(store.base, config.read(place.config).share), None) is not None


def _exchanged(place: Place, direction: Direction, progress: output.Progress) -> SyncReport:
    settings = config.read(place.config)
    url = server_of(settings)
    with ContextFS(url, attempts=3) as client:
        if direction == "both" and _is_in_step(place, settings, client):
            return SyncReport(url=url)
        from clients.cli.here.store import opened  # noqa: PLC0415 - heavy, and most syncs find nothing to do
        from contextfs.local.sync.exchange import exchange  # noqa: PLC0415 - as above

        # What waits to be sent is what moved: only before a sync the files may well be as they were.
        with opened(place, look=direction != "both") as store:
            if direction == "both":
                _look(store)
            return exchange(store, client, now=_now(), entropy=os.urandom, direction=direction, progress=progress.show)


def _look(store: "LocalStore") -> None:
    """Take in what moved, unless a glance shows that nothing did."""
    from clients.cli.here.store import take_in  # noqa: PLC0415 - as above

    state = settled.glanced(store.place)
    if not settled.is_settled(store.base, store.place, state):
        take_in(store, state)


def _is_in_step(place: Place, settings: config.Config, client: ContextFS) -> bool:
    """Tell whether there is nothing to do: the server is asked while another process still looks at the files."""
    try:
        base = Base.open(place.local)
        try:
            is_here = settled.known(base, place) is not None
            is_there = is_here and glimpse.is_in_step(base, client, settings, now=_now(), entropy=os.urandom)
            return is_there and settled.is_settled(base, place, settled.glanced(place))
        finally:
            base.close()
    except sqlite3.Error as error:
        raise explained(error, place.local / FILE) from None


def _now() -> datetime:
    return datetime.now(UTC)
