"""Sync of the store of this folder: now, or as a process in the background."""

import os
import time

from clients.cli import output
from clients.cli.here.store import now, opened
from contextfs.client import ContextFS
from contextfs.kit.errors import Conflict, ContextFSError
from contextfs.local import config
from contextfs.local.place import Place
from contextfs.local.sync.alone import alone
from contextfs.local.sync.exchange import Direction, SyncReport, exchange, server_of
from contextfs.local.sync.push import due

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


def in_background(place: Place, direction: Direction) -> int:
    """Sync without a word, unless another process does already; it begins after a pause.

    What was changed meanwhile is sent too: whoever changed it saw that we hold the lock, and started nobody.
    """
    while True:
        with alone(place.local) as is_mine:
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
    with opened(place, look=False) as store:
        return next(due(store.base, config.read(place.config).share), None) is not None


def _exchanged(place: Place, direction: Direction, progress: output.Progress) -> SyncReport:
    settings = config.read(place.config)
    with opened(place) as store, ContextFS(server_of(settings), attempts=3) as client:
        return exchange(store, client, now=now(), entropy=os.urandom, direction=direction, progress=progress.show)
