"""Secrets of sources at rest."""

import os
from uuid import uuid4

import pytest

from contextfs.domain.sources.sealing import seal, unseal
from contextfs.kit.errors import Unavailable


def test_it_opens_with_the_same_pepper_for_the_same_source_only() -> None:
    source = uuid4()
    sealed = seal("the secret", b"pepper", source, os.urandom)

    assert unseal(sealed, b"pepper", source) == "the secret"
    assert b"the secret" not in sealed
    assert sealed != seal("the secret", b"pepper", source, os.urandom)
    for pepper, other in ((b"salt", source), (b"pepper", uuid4())):
        with pytest.raises(Unavailable, match="CONTEXTFS_KEY_PEPPER"):
            unseal(sealed, pepper, other)
