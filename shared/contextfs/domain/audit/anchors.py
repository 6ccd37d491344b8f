"""Where a chain ended, as a file that is not in the database: who owns that alone takes nothing off the end unseen."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from contextfs.domain.audit.chain import Link
from contextfs.domain.audit.checkpoint import Checkpoint
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.audit")
_LINKS_AT_ONCE = 5000

Anchor = tuple[int, bytes]
"""The position of an entry, and the hash that stands with it."""

NEVER: Final[Anchor] = (0, b"")
"""Where nothing is noted yet: before the first entry."""
_UNREADABLE: Final[Anchor] = (2**62, b"")


class Ending(NamedTuple):
    """Where a chain ends, and the end of what was let go of it."""

    end: Anchor
    cut: Checkpoint | None


def key(org_id: UUID) -> str:
    """Give the key of the file that tells where an organization's chain ended."""
    return f"audit-heads/{org_id}"


def written(anchor: Anchor) -> bytes:
    """Write an anchor: `position:hash`, as a head is written everywhere."""
    return f"{anchor[0]}:{anchor[1].hex()}\n".encode()


def read(parts: Iterable[bytes]) -> Anchor:
    """Read an anchor; one that nobody can read, or that no chain reaches, is in no chain."""
    try:
        said, _, digest = b"".join(parts).decode().strip().partition(":")
        position, hash_ = int(said), bytes.fromhex(digest)
    except ValueError:
        return _UNREADABLE
    return (position, hash_) if 0 < position < _UNREADABLE[0] else _UNREADABLE


def due(tx: Transaction, at: datetime, most: int) -> list[UUID]:
    """Name whose file is to be looked at, who was looked at longest ago first; the platform's own role may."""
    return [row["org_id"] for row in tx.all(_SQL["due"], {"at": at, "most": most})]


def look(tx: Transaction, org_id: UUID, at: datetime) -> bool:
    """Say that an organization's file is looked at; False where another run began with it later."""
    return (tx.one(_SQL["look"], {"org_id": org_id, "at": at}) or {"is_ours": False})["is_ours"]


def hold(tx: Transaction, org_id: UUID) -> bool:
    """Be the only one who moves an organization's file, until the transaction ends; False where somebody else does."""
    return (tx.one(_SQL["hold"], {"org_id": org_id}) or {"is_ours": False})["is_ours"]


def ending(tx: Transaction, org_id: UUID) -> Ending | None:
    """Read where an organization's chain ends; the platform's own role may."""
    row = tx.one(_SQL["ending"], {"org_id": org_id})
    if row is None:
        return None
    end = row["position"], row["hash"]
    if row["cut_position"] is None:
        return Ending(end, None)
    return Ending(end, Checkpoint(position=row["cut_position"], hash=row["cut_hash"], signature=row["signature"]))


def links(tx: Transaction, org_id: UUID, after: int, until: int) -> Iterator[Link]:
    """Read an organization's chain between two positions, a part at a time; the platform's own role may."""
    named = {"org_id": org_id, "until": until, "limit": _LINKS_AT_ONCE}
    while rows := tx.all(_SQL["links_of"], named | {"after": after}):
        yield from (Link(**row) for row in rows)
        after = rows[-1]["position"]


def note(tx: Transaction, org_id: UUID, position: int) -> None:
    """Say up to where an organization's chain is noted."""
    tx.run(_SQL["note"], {"org_id": org_id, "position": position})
