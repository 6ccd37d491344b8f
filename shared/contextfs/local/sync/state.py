"""What a store remembers of its server: which one it is, how far it has read there, and who it is to it."""

from uuid import UUID

import msgspec

from contextfs.kit.errors import Invalid
from contextfs.kit.ids import Entropy
from contextfs.kit.sql import load
from contextfs.local.base.connection import Base
from contextfs.local.base.marks import mark, set_mark
from contextfs.local.config import Config

SQL = load("contextfs.local.sync", "sqlite.sql")

_SERVER, _CURSOR, _ORIGIN, _LOST, _AT = "sync server", "sync cursor", "sync origin", "sync lost", "sync at"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """How far this store and its server are together. `lost` says why the server does not answer us any more."""

    cursor: int
    lost: str | None
    at: str | None


def known(base: Base) -> Known:
    """Read what is remembered."""
    return Known(cursor=int(mark(base, _CURSOR) or 0), lost=mark(base, _LOST) or None, at=mark(base, _AT))


def meet(base: Base, url: str, entropy: Entropy) -> UUID:
    """Give this store's name to the server; with another server than the last one, everything is sent and read anew."""
    with base.transaction():
        if mark(base, _SERVER) != url:
            from contextfs.local.sessions.rows import SQL as SESSIONS  # noqa: PLC0415 - once for each server

            base.run(SQL["forget_server"])
            base.run(SQL["forget_refused"])
            for query in ("forget_server", "forget_sent", "forget_refused"):
                base.run(SESSIONS[query])
            set_mark(base, _SERVER, url)
            set_mark(base, _CURSOR, "0")
            set_mark(base, _LOST, "")
        origin = mark(base, _ORIGIN)
        if origin is None:
            origin = str(UUID(bytes=entropy(16), version=4))
            set_mark(base, _ORIGIN, origin)
    return UUID(origin)


def read_up_to(base: Base, cursor: int) -> None:
    """Remember how far the feed was read. A power cut may undo it, and not what was stored before: it is read again."""
    with base.transaction(durable=False):
        set_mark(base, _CURSOR, str(cursor))


def synced(base: Base, at: str) -> None:
    """Remember when the last sync went well; a power cut may undo it, and nothing else."""
    with base.transaction(durable=False):
        set_mark(base, _AT, at)
        set_mark(base, _LOST, "")


def lose(base: Base, reason: str) -> None:
    """Remember that the server does not let us in any more."""
    set_mark(base, _LOST, reason)


def server_of(settings: Config) -> str:
    """Give the address of the server; Invalid tells how to name one."""
    if settings.server is None:
        raise Invalid("This store has no server yet: `ctx link` connects it with one.")
    return settings.server.url
