"""Questions about what is sealed with a pepper, of all organizations: asked by the owner of the database alone."""

from uuid import UUID

import msgspec

from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.sources", "resealing.sql")
_AT_ONCE = 200


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """One sealed or signed value: in which column, whose, and what it is bound to."""

    place: str
    org_id: UUID
    thing: str
    sealed: bytes
    said: bytes


def sealed(tx: Transaction, last: Sealed | None) -> list[Sealed]:
    """Read some of what is sealed, behind the last one that is known."""
    behind = ("", UUID(int=0), "") if last is None else (last.place, last.org_id, last.thing)
    named = dict(zip(("place", "org_id", "thing"), behind, strict=True)) | {"most": _AT_ONCE}
    return [
        Sealed(
            place=row["place"],
            org_id=row["org_id"],
            thing=row["thing"],
            sealed=bytes(row["sealed"]),
            said=bytes(row["said"] or b""),
        )
        for row in tx.all(_SQL["sealed_texts"], named)
    ]


def put(tx: Transaction, one: Sealed, after: bytes) -> bool:
    """Put what was sealed anew in its place; False when somebody changed it since."""
    named = {"place": one.place, "org_id": one.org_id, "thing": one.thing, "before": one.sealed, "after": after}
    return bool((tx.one(_SQL["put_sealed"], named) or {"done": False})["done"])


def tell_newest(tx: Transaction, pepper: str) -> None:
    """Say with which pepper, by its name, keys are hashed anew from now on."""
    tx.run(_SQL["tell_newest"], {"pepper": pepper})


def hashed_otherwise(tx: Transaction, pepper: str) -> int:
    """Count keys and directories' tokens that open, and are hashed with another pepper than the one of a name."""
    return (tx.one(_SQL["hashed_otherwise"], {"pepper": pepper}) or {"left": 0})["left"]
