"""The table of regions is read whole, or refused with a sentence."""

import pytest

from contextfs.kit.errors import Invalid
from contextfs.kit.regions import Neighbour, read

KEY = "k" * 32


def test_the_neighbours_are_all_regions_but_this_one() -> None:
    table = "us-central1=https://us.example/ europe-west1=http://127.0.0.1:8080,https://eu.example asia-east1=https://as.example"
    regions = read(table, here="us-central1", key=KEY, elsewhere="refuse")

    assert regions.neighbours == {
        "europe-west1": Neighbour("europe-west1", "http://127.0.0.1:8080", "https://eu.example"),
        "asia-east1": Neighbour("asia-east1", "https://as.example", "https://as.example"),
    }
    assert (regions.here, regions.elsewhere, regions.key) == ("us-central1", "refuse", KEY.encode())


@pytest.mark.parametrize("inside", ["http://localhost:1", "http://127.8.0.1", "http://[::1]:1", "https://10.0.0.1"])
def test_what_regions_say_to_each_other_is_encrypted_or_stays_on_the_machine(inside: str) -> None:
    regions = read(f"a=https://a b={inside},https://b", here="a", key=KEY, elsewhere="forward")

    assert regions.neighbours["b"].inside == inside


@pytest.mark.parametrize(
    ("table", "here", "key", "told"),
    [
        ("a=https://a", "a", None, "CONTEXTFS_REGION_KEY is missing"),
        ("a=https://a b", "a", KEY, "'b' is not a region: write NAME=URL"),
        ("a=ftp://a", "a", KEY, "is not a region"),
        ("A=https://a", "A", KEY, "is not a region"),
        ("a=https://a b=http://10.0.0.1:80,https://b", "a", KEY, "http://10.0.0.1:80 carries keys .* has to be https"),
        ("a=https://a b=http://127.0.0.1.b.example", "a", KEY, "has to be https"),
        ("a=https://a b=http://localhost@b.example", "a", KEY, "has to be https"),
        ("a=https://a a=https://b", "a", KEY, "names a twice"),
        ("a=https://a", "b", KEY, "does not name b, where this runs"),
        ("", "b", KEY, "does not name b, where this runs"),
    ],
)
def test_a_table_that_cannot_be_is_refused(table: str, here: str, key: str | None, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read(table, here=here, key=key, elsewhere="forward")
