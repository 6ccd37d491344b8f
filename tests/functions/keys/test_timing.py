"""A clock tells nobody how much of a key was right: the database is asked the same, and compares keyed hashes alone."""

import zlib
from uuid import uuid4

import pytest

from contextfs.domain.access import keys
from contextfs.kit.base62 import encode
from contextfs.runtime.http.message import HttpRequest
from contextfs.runtime.isolation.timing import Work, work
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant

_SUM = 6
PROJECTS = next(route for route in routes() if route.name == "projects.list")


def spelt(key: str) -> str:
    """Give a key the checksum of what it says: or nobody would look for it."""
    said = key[:-_SUM]
    return said + encode(zlib.crc32(said.encode()), _SUM)


def wrong(key: str, place: int) -> str:
    """Give a key that is another one from a letter of its secret on; the letters count from its end."""
    return spelt(key[:-place] + "".join("a" if one != "a" else "b" for one in key[-place:]))


def asked(wiring: Wiring, key: str) -> Work:
    """Call by a key; gives what the database was asked."""
    headers = {"authorization": f"Bearer {key}"}
    return work(wiring.door, PROJECTS, HttpRequest(method="GET", path="/v1/projects", headers=headers))


@pytest.mark.parametrize("place", [_SUM + 1, _SUM + 16, _SUM + 33], ids=["the last letter", "half of it", "all of it"])
def test_a_key_that_is_nearly_right_takes_the_work_of_one_that_is_not_there(
    place: int, tenant: Tenant, wiring: Wiring
) -> None:
    nobodys = keys.mint(tenant.org_id, uuid4(), environment="live", entropy=wiring.services.entropy)

    assert wrong(tenant.key, place)[:-place] == tenant.key[:-place]
    assert asked(wiring, wrong(tenant.key, place)) == asked(wiring, nobodys) != asked(wiring, tenant.key)


def test_what_is_compared_is_a_hash_by_a_pepper_that_nobody_outside_knows(tenant: Tenant, wiring: Wiring) -> None:
    """So a guess cannot be brought closer letter by letter: one letter changes about half of the bits."""
    pepper = wiring.services.key_pepper
    right, near = (keys.digest(key, pepper) for key in (tenant.key, wrong(tenant.key, _SUM + 1)))
    changed = (int.from_bytes(right) ^ int.from_bytes(near)).bit_count()

    assert 64 < changed < 192
    assert keys.digest(tenant.key, b"another pepper") != right
