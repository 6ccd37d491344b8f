"""A checkpoint is signed for one place in one organization's log, by a key that the database has not."""

from uuid import UUID

import pytest

from contextfs.domain.audit.checkpoint import Checkpoint, is_signed, sign

ORG, KEY, HASH = UUID(int=7), b"pepper", b"h" * 32


def test_what_is_signed_is_known_again() -> None:
    checkpoint = Checkpoint(position=5, hash=HASH, signature=sign(ORG, 5, HASH, KEY))

    assert is_signed(ORG, checkpoint, KEY)


@pytest.mark.parametrize(
    ("org", "position", "hash_", "key"),
    [
        (UUID(int=8), 5, HASH, KEY),
        (ORG, 6, HASH, KEY),
        (ORG, 5, b"x" * 32, KEY),
        (ORG, 5, HASH, b"another"),
    ],
)
def test_it_is_good_for_nothing_else(org: UUID, position: int, hash_: bytes, key: bytes) -> None:
    checkpoint = Checkpoint(position=position, hash=hash_, signature=sign(ORG, 5, HASH, KEY))

    assert not is_signed(org, checkpoint, key)
