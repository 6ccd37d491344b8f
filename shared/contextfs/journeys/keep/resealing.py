"""Seal and sign anew, with the first pepper, what another one sealed and signed; then the others can go."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from contextfs.domain.audit import checkpoint
from contextfs.domain.sources import sealing
from contextfs.domain.sources.resealing import Sealed, hashed_otherwise, put, sealed, tell_newest
from contextfs.kit.errors import Unavailable
from contextfs.kit.ids import Entropy
from contextfs.kit.pepper import first_of, is_by_any, is_first, name_of
from contextfs.kit.ports import Database

Provider = Callable[[str], tuple[str, bool]]
"""Seals what an identity provider's settings hold anew; tells whether it was not the first pepper's already."""


@dataclass(frozen=True, kw_only=True)
class Resealed:
    """What was found and done: how much is sealed, how much of it was sealed anew, and what cannot be."""

    looked_at: int
    renewed: int
    unreadable: tuple[str, ...]
    hashed_otherwise: int
    """Keys and directories' tokens that still open, and were not presented since the first of these runs."""


def reseal(
    database: Database,
    pepper: bytes,
    provider: Provider,
    entropy: Entropy,
    *,
    progress: Callable[[int, int], None] = lambda _looked, _renewed: None,
) -> Resealed:
    """Tell which pepper is the newest, and seal anew all that is sealed, each in a transaction of its own.

    `database` is the owner's. It can be cut off and begun anew at any time: what is done is known by its seal. What
    somebody changes in the same moment stays theirs, and was sealed with the first pepper by them.
    """
    with database.transaction() as (tx, _):
        tell_newest(tx, name_of(pepper))
    looked = renewed = 0
    unreadable: list[str] = []
    for one in _all(database):
        looked += 1
        try:
            after = _anew(one, pepper, provider, entropy)
        except Unavailable:
            unreadable.append(f"{one.place} of {one.org_id}")
            continue
        if after is not None:
            with database.transaction() as (tx, _):
                renewed += put(tx, one, after)
        progress(looked, renewed)
    with database.transaction() as (tx, _):
        left = hashed_otherwise(tx, name_of(pepper))
    return Resealed(looked_at=looked, renewed=renewed, unreadable=tuple(unreadable), hashed_otherwise=left)


def _all(database: Database) -> Iterator[Sealed]:
    last: Sealed | None = None
    while True:
        with database.transaction() as (tx, _):
            found = sealed(tx, last)
        yield from found
        if not found:
            return
        last = found[-1]


def _anew(one: Sealed, pepper: bytes, provider: Provider, entropy: Entropy) -> bytes | None:
    """Give what is to stand in its place, or None where it is as it has to be; Unavailable when no pepper opens it."""
    if one.place == "audit_checkpoints.signature":
        signature = checkpoint.sign(one.org_id, int(one.thing), one.said, pepper)
        said = checkpoint.said(one.org_id, int(one.thing), one.said)
        if not is_by_any(pepper, said, one.sealed):
            raise Unavailable("This checkpoint was signed by none of the peppers.")
        return None if is_by_any(first_of(pepper), said, one.sealed) else signature
    if one.place.startswith("sso_settings."):
        text, was_another = provider(one.sealed.decode())
        return text.encode() if was_another else None
    text, place = sealing.opened(one.sealed, pepper, UUID(one.thing))
    return None if is_first(pepper, place) else sealing.seal(text, pepper, UUID(one.thing), entropy)
