"""Addresses of sources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.sources import address
from contextfs.kit.errors import NotFound


@given(st.uuids(), st.uuids())
def test_what_is_written_is_read(org: object, source: object) -> None:
    place = address.Place(org, source)  # pyright: ignore[reportArgumentType] - hypothesis's own type of UUIDs

    assert address.read(address.written(place)) == place


@pytest.mark.parametrize(
    "text", ["", "src_", f"src_{'z' * 43}", f"src_{'0' * 42}", f"src_{'0' * 43}\n", f"ctx_{'0' * 43}"]
)
def test_what_is_no_address_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        address.read(text)
