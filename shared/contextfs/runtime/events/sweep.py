"""What a schedule gets to work with: the platform's own database role, the bus, and the time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from contextfs.kit.clock import Clock
from contextfs.kit.ports import Blobs, Bus, Database, Transcripts


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One run of a schedule. `platform` sees the event tables of all tenants and nothing else of theirs."""

    platform: Database
    bus: Bus
    clock: Clock
    pepper: bytes
    """The installation's own secret, which what it makes is signed with."""
    idle: timedelta | None = None
    """How long nothing comes to an open session until it is completed; None: it stays open."""
    transcripts: Callable[[], Transcripts | None] = lambda: None
    """Reads what tools wrote of conversations."""
    blobs: Callable[[], Blobs | None] = lambda: None
    """Where files are kept."""
