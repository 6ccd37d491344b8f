"""Networks are read as people write them, and what is none is told with its place and the cure."""

import pytest

from contextfs.domain.networks.rules import holds, read
from contextfs.kit.errors import Invalid


def test_networks_are_spelt_one_way_and_stand_once() -> None:
    given = ["203.0.113.0/24", "203.0.113.7", "2001:DB8:0::/48", " 203.0.113.0/24"]

    assert read(given) == ["203.0.113.0/24", "203.0.113.7/32", "2001:db8::/48"]


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        ("office", "write it as 203.0.113.0/24"),
        ("203.0.113.7/24", "do you mean 203.0.113.0/24"),
        ("203.0.113.0/33", "is not a network"),
        ("2001:db8::1/48", "do you mean 2001:db8::/48"),
        ("::ffff:203.0.113.0/120", "stands for addresses of IPv4"),
        ("", "is not a network"),
    ],
)
def test_what_is_no_network_is_told(wrong: str, cure: str) -> None:
    with pytest.raises(Invalid, match=cure) as told:
        read(["10.0.0.0/8", wrong])

    assert told.value.where == "$.networks[1]"


def test_an_address_is_in_its_network_and_an_unknown_one_in_none() -> None:
    networks = ["203.0.113.0/24", "2001:db8::/48"]

    assert [holds(networks, one) for one in ("203.0.113.7", "2001:db8::7", "203.0.114.7", None)] == [
        *(True, True),
        *(False, False),
    ]
