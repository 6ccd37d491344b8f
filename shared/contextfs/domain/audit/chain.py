"""The chain, as a pure rule: hash of a row = SHA-256 of the hash before and the digest of the row itself.

The construction is that of a hash chain (Haber, Stornetta 1991). A row that was changed, or moved, no longer gives
the hash that stands at its place; one that was taken out leaves a gap in the positions; rows taken off the end are
missed by the head, and a whole chain that was written anew by a head that somebody kept elsewhere.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256

import msgspec

from contextfs.domain.audit.model import Fault

_MOST_FAULTS = 100


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed row: where it stands, the hash that stands with it, and the digest of what the row says now."""

    position: int
    hash: bytes
    digest: bytes


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """How many links were looked at, and where the chain does not hold."""

    links: int
    faults: list[Fault]


def following(before: bytes, digest: bytes) -> bytes:
    """Give the hash of a row that stands after another one."""
    return sha256(before + digest).digest()


def holds(links: Iterable[Link], start: tuple[int, bytes], end: tuple[int, bytes]) -> bool:
    """Tell whether a chain goes on from one place to another, each the position and hash of an entry.

    What does not is read no further than to where it breaks.
    """
    position, before = start
    for link in links:
        if link.position != position + 1 or following(before, link.digest) != link.hash:
            return False
        position, before = link.position, link.hash
    return (position, before) == end


def check(
    links: Iterable[Link],
    head: tuple[int, bytes] | None,
    *kept: tuple[int, bytes] | None,
    start: tuple[int, bytes] = (0, b""),
) -> Checked:
    """Look at a whole chain, in the order of positions. `kept` are ends of it that were noted earlier, elsewhere.

    `start` is the position and hash of the last entry that was let go, where some were.
    After a fault the hash that stands there is taken for right, so that each fault is told once and where it is.
    """
    faults: list[Fault] = []
    count, (position, before) = 0, start
    missed = {one for one in kept if one is not None and one != start}
    for link in links:
        count += 1
        faults += _gap(position, link.position)
        if link.position == position + 1 and following(before, link.digest) != link.hash:
            faults.append(_fault("changed", link.position, "this entry is not what it was, or stood elsewhere"))
        missed.discard((link.position, link.hash))
        position, before = link.position, link.hash
    faults += _end(head, position, before)
    told = "the head that was kept is not in the chain: it lost its end, or was written anew"
    faults += [_fault("forgotten", one, told) for one, _ in sorted(missed)]
    return Checked(links=count, faults=faults[:_MOST_FAULTS])


def _gap(position: int, following_one: int) -> Iterator[Fault]:
    if following_one > position + 1:
        first, last = position + 1, following_one - 1
        yield Fault(position=first, until=last, kind="missing", told=f"{last - first + 1} taken out of the log")


def _end(head: tuple[int, bytes] | None, position: int, before: bytes) -> Iterator[Fault]:
    if head is None and position:
        yield _fault("cut_off", position, "the log has no head: nobody can tell where it ended")
    elif head is not None and head[0] > position:
        count = head[0] - position
        yield Fault(position=position + 1, until=head[0], kind="cut_off", told=f"{count} taken off the end of the log")
    elif head is not None and head != (position, before):
        yield _fault("changed", position, "the end of the log is not the one that was sealed")


def _fault(kind: str, position: int, told: str) -> Fault:
    return msgspec.convert({"position": position, "until": position, "kind": kind, "told": told}, Fault)
