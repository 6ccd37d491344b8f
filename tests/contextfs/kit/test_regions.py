"""The table of regions is read whole, or refused with a sentence."""

import pytest

from contextfs.kit.errors import Invalid
from contextfs.kit.regions import Neighbour, read

KEY = "k" * 32


def test_the_neighbours_are_all_regions_but_this_one() -> None:
    table = "us-central1=https://us.example/ europe-west1=http://10.0.0.1:8080,https://eu.example asia-east1=https://as.example"
    regions = read(table, here="us-central1", key=KEY, elsewhere="refuse")

    assert regions.neighbours == {
        "europe-west1": Neighbour("europe-west1", "http://10.0.0.1:8080", "https://eu.example"),
        "asia-east1": Neighbour("asia-east1", "https://as.example", "https://as.example"),
    }
    assert (regions.here, regions.elsewhere, regions.key) == ("us-central1", "refuse", KEY.encode())


@pytest.mark.parametrize(
    ("table", "here", "key", "told"),
    [
        ("a=https://a", "a", None, "CONTEXTFS_REGION_KEY is missing"),
        ("a=https://a b", "a", KEY, "'b' is no region: write NAME=URL"),
        ("a=ftp://a", "a", KEY, "is no region"),
        ("A=https://a", "A", KEY, "is no region"),
        ("a=https://a a=https://b", "a", KEY, "names a twice"),
        ("a=https://a", "b", KEY, "does not name b, where this runs"),
        ("", "b", KEY, "does not name b, where this runs"),
    ],
)
def test_a_table_that_cannot_be_is_refused(table: str, here: str, key: str | None, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read(table, here=here, key=key, elsewhere="forward")
