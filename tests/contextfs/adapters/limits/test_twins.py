"""Wherever buckets are counted, they are counted alike: as the rule says, and each unit once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest

from contextfs.adapters.limits.process import ProcessAllowances
from contextfs.adapters.limits.redis import RedisAllowances
from contextfs.domain.limits.rules import take
from contextfs.kit.allowance import Allowances, Granted, Quota, Subject, Wanted
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.runtime.allowance.leases import Leases
from tests.contextfs.adapters.limits.conftest import valkey_server

QUOTA = Quota("principal", 50, 60)
NOW = datetime(2030, 1, 31, 8, tzinfo=UTC)
Twin = Callable[[], Allowances]


def wanted(subject: Subject, least: int = 1, most: int = 1) -> Wanted:
    return Wanted(subject, QUOTA, least, most)


def test_it_counts_as_the_rule_says(twin: Twin) -> None:
    counted, subject, chance = twin(), Subject(uuid4(), "a"), Random(7)  # noqa: S311 - no secret
    until, now = 0.0, NOW
    for _ in range(40):
        now += timedelta(seconds=chance.choice((0, 0, 0.5, 3, 20)))
        least = chance.randint(1, 12)
        most = least + chance.randint(0, 20)
        until, expected = take(until, now.timestamp(), QUOTA, least, most)
        (got,) = counted.take([wanted(subject, least, most)], now)

        assert (expected.units, expected.left) == (got.units, got.left)
        assert got.wait == pytest.approx(expected.wait, abs=0.001)  # pyright: ignore[reportUnknownMemberType]


def test_each_of_several_buckets_is_counted_by_itself_and_told_in_its_place(twin: Twin) -> None:
    counted, org = twin(), uuid4()
    late, early = Subject(org, "z"), Subject(org, "a")
    counted.take([wanted(late, 50, 50)], NOW)

    assert [0, 5] == [one.units for one in counted.take([wanted(late), wanted(early, 5, 5)], NOW)]


def test_many_who_take_at_once_get_what_there_is_and_no_more(twin: Twin) -> None:
    one, other = Subject(uuid4(), "a"), Subject(uuid4(), "b")
    connected = [twin() for _ in range(4)]

    def ask(number: int) -> list[Granted]:
        both = (one, other) if number % 2 else (other, one)  # whoever locks in another order would wait for ever
        return list(connected[number % 4].take([wanted(subject) for subject in both], NOW))

    with ThreadPoolExecutor(12) as pool:
        granted = [got for gots in pool.map(ask, range(120)) for got in gots]

    assert sum(got.units for got in granted) == 100


def test_one_tenants_bucket_is_not_anothers(twin: Twin) -> None:
    counted = twin()
    counted.take([wanted(Subject(uuid4(), "organization"), 50, 50)], NOW)
    (other,) = counted.take([wanted(Subject(uuid4(), "organization"), 50, 50)], NOW)

    assert other.units == 50


def test_a_server_that_is_not_there_is_told_so_soon() -> None:
    nowhere = RedisAllowances("redis://127.0.0.1:9/0")

    with pytest.raises(Unavailable, match="The cache does not answer"):
        nowhere.take([wanted(Subject(uuid4(), "a"))], NOW)


def test_a_server_that_went_and_came_back_counts_again() -> None:
    server = valkey_server()
    server.start()
    counted, subject = RedisAllowances(f"redis://127.0.0.1:{server.port}/0"), Subject(uuid4(), "a")
    leases = Leases(counted, ProcessAllowances())

    def spend(now: datetime) -> bool:
        return leases.spend([(subject, QUOTA)], 1, now) is None

    before = spend(NOW)
    server.stop()
    away, alone = spend(NOW), leases.is_alone(NOW)
    server.start()
    later = NOW + timedelta(seconds=6)
    again = all(spend(later) for _ in range(5))
    (left,) = counted.take([wanted(subject, 1, 1)], later)
    server.stop()
    counted.close()

    assert (before, away, alone, again, leases.is_alone(later)) == (True, True, True, True, False)
    assert left.left < QUOTA.units - 1


def test_an_address_that_is_none_names_the_setting() -> None:
    with pytest.raises(Invalid, match="CONTEXTFS_CACHE_URL"):
        RedisAllowances("http://127.0.0.1/")
