"""How commands say how long a memory holds."""

from datetime import datetime
from typing import Protocol

from clients.cli.shown import output
from contextfs.kit.overtaken import Overtaken


class _Dated(Protocol):
    @property
    def valid_from(self) -> datetime | None: ...
    @property
    def valid_to(self) -> datetime | None: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def overtaken(self) -> Overtaken | None: ...


def validity(memory: _Dated) -> str:
    """Say from when and until when a memory holds, as far as that is set."""
    times = (("from", memory.valid_from), ("until", memory.valid_to), ("expires", memory.expires_at))
    parts = [f"{name} {output.minute(at)}" for name, at in times if at is not None]
    return ", ".join([*parts, *([str(memory.overtaken)] if memory.overtaken else [])])
