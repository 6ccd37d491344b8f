"""Where a chain ended, as a file that is not in the database: who owns that alone takes nothing off the end unseen."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from contextfs.domain.audit.checkpoint import Checkpoint
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.audit")

Anchor = tuple[int, bytes]
"""The position of an entry, and the hash that stands with it."""


_UNREADABLE: Final[Anchor] = (2**62, b"")


class Place(NamedTuple):
    """What stands at a position of a chain, and the end of what was let go of it."""

    hash: bytes | None
    cut: Checkpoint | None


def key(org_id: UUID) -> str:
    """Give the key of the file that tells where an organization's chain ended."""
    return f"audit-heads/{org_id}"


def written(anchor: Anchor) -> bytes:
    """Write an anchor: `position:hash`, as a head is written everywhere."""
    return f"{anchor[0]}:{anchor[1].hex()}\n".encode()


def read(parts: Iterable[bytes]) -> Anchor:
    """Read an anchor; one that nobody can read is in no chain."""
    try:
        position, _, digest = b"".join(parts).decode().strip().partition(":")
        return int(position), bytes.fromhex(digest)
    except ValueError:
        return _UNREADABLE


def ends(tx: Transaction, since: datetime, behind: UUID, most: int) -> list[tuple[UUID, Anchor]]:
    """Give the ends of chains that were sealed since then, in the order of organizations; the platform's role may."""
    rows = tx.all(_SQL["ends"], {"since": since, "behind": behind, "most": most})
    return [(row["org_id"], (row["position"], row["hash"])) for row in rows]


def place(tx: Transaction, org_id: UUID, position: int) -> Place:
    """Look what stands at a position of an organization's chain; the platform's own role may."""
    row = tx.one(_SQL["place"], {"org_id": org_id, "position": position})
    if row is None or row["cut_position"] is None:
        return Place(None if row is None else row["hash"], None)
    cut = Checkpoint(position=row["cut_position"], hash=row["cut_hash"], signature=row["signature"])
    return Place(row["hash"], cut)
