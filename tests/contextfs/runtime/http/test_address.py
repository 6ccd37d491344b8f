"""Whose address a request has: nobody is believed who is not one of our proxies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.runtime.http.address import believed

text = st.text(st.characters(codec="latin-1", exclude_characters=","), max_size=20)


@pytest.mark.parametrize(
    ("forwarded", "hops", "expected"),
    [
        ("", 0, "10.0.0.1"),
        ("203.0.113.7", 0, "10.0.0.1"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7", 1, "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7, 10.0.0.9", 2, "203.0.113.7"),
        ("203.0.113.7:4711", 1, "203.0.113.7"),
        ("[2001:db8::1]:4711", 1, "2001:db8::1"),
        ("2001:DB8::1", 1, "2001:db8::1"),
        ("", 1, "10.0.0.1"),
        ("203.0.113.7", 2, "10.0.0.1"),
        ("unknown", 1, "10.0.0.1"),
        ("203.0.113.7, ", 1, "10.0.0.1"),
    ],
)
def test_an_address_is_that_which_our_own_proxies_saw(forwarded: str, hops: int, expected: str) -> None:
    assert believed("10.0.0.1", forwarded, hops) == expected


@given(st.lists(text, max_size=6), st.integers(1, 3))
def test_what_a_client_writes_itself_changes_nothing(forged: list[str], hops: int) -> None:
    seen = ["203.0.113.7", *("10.0.0.1" for _ in range(hops - 1))]

    assert believed("10.0.0.9", ",".join([*forged, *seen]), hops) == "203.0.113.7"


@pytest.mark.parametrize("peer", [None, "", "testclient", "/run/socket"])
def test_who_has_no_address_has_none(peer: str | None) -> None:
    assert believed(peer, "", 0) is None
