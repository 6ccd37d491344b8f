"""Leases: what processes spend together stays within what the bucket gives, and a call seldom asks anybody."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from contextfs.adapters.limits.postgres import PostgresAllowances
from contextfs.adapters.limits.process import ProcessAllowances
from contextfs.kit.allowance import Allowances, Granted, Quota, Subject, Wanted
from contextfs.kit.errors import Unavailable
from contextfs.runtime.allowance.leases import Claim, Leases
from contextfs.runtime.wiring import Wiring

NOW = datetime(2030, 1, 31, 8, tzinfo=UTC)
QUOTA = Quota("organization", 400, 60)
BLOCK = 400 // 20


class Counted:
    """A count that tells how often it was asked, and that may be away."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        self._inner = ProcessAllowances()

    def take(self, wanted: Sequence[Wanted], now: datetime) -> Sequence[Granted]:
        """Count, or be away."""
        self.asked += 1
        if self.away:
            raise Unavailable
        return self._inner.take(wanted, now)


def claim() -> Claim:
    return Subject(uuid4(), "organization"), QUOTA


def process(common: Allowances) -> Leases:
    return Leases(common, ProcessAllowances())


def spent(leases: Leases, one: Claim, times: int, now: datetime = NOW) -> int:
    """Spend a unit so often; gives how often there was one."""
    return sum(leases.spend([one], 1, now) is None for _ in range(times))


def test_processes_with_many_threads_spend_what_there_is_together(wiring: Wiring) -> None:
    one = claim()
    processes = [process(PostgresAllowances(wiring.database)) for _ in range(4)]

    with ThreadPoolExecutor(12) as pool:
        admitted = sum(pool.map(partial(spent, one=one, times=60), processes * 3))

    assert QUOTA.units - 4 * BLOCK <= admitted <= QUOTA.units


def test_over_a_longer_time_no_more_is_spent_than_flows_back_and_what_is_leased() -> None:
    one, common = claim(), ProcessAllowances()
    processes = [process(common) for _ in range(3)]
    times = [NOW + timedelta(seconds=second) for second in range(90)]

    admitted = [sum(spent(each, one, 10, now) for each in processes) for now in times]

    for first in range(len(times)):
        for last in range(first, len(times)):
            most = QUOTA.units * (1 + (last - first) / 60) + 3 * BLOCK
            assert sum(admitted[first : last + 1]) <= most
    assert sum(admitted) >= QUOTA.units * (1 + 89 / 60) - 3 * BLOCK


def test_a_busy_process_asks_once_for_many_calls() -> None:
    one, common = claim(), Counted()

    assert spent(process(common), one, 300) == 300
    assert common.asked < 25


def test_a_bucket_that_is_empty_is_not_asked_before_it_holds_something() -> None:
    one, common = claim(), Counted()
    leases = process(common)
    spent(leases, one, 400)
    asked = common.asked
    refused = [leases.spend([one], 1, NOW) for _ in range(1000)]

    assert common.asked <= asked + 1
    assert refused[-1] is not None
    assert spent(leases, one, 1, NOW + timedelta(seconds=refused[-1][1])) == 1


class Crowded(Leases):
    """Leases of a process in which somebody else spends all that is held whenever the lock is free."""

    def used_up(self, claims: Sequence[Claim], now: datetime) -> tuple[Quota, float] | None:
        """Look whether a bucket is empty, after somebody else."""
        found = super().used_up(claims, now)
        self.owe(claims, max(0, self.held(claims[0])))
        return found

    def held(self, one: Claim) -> int:
        """Tell what is held of a bucket."""
        return self._lease(one[0]).held


def test_what_is_bought_for_a_call_is_spent_by_it_and_by_nobody_else() -> None:
    one = claim()
    leases = Crowded(ProcessAllowances(), ProcessAllowances())

    assert [leases.spend([one], 1, NOW) for _ in range(20)] == [None] * 20


def test_a_call_is_paid_by_all_of_its_buckets_or_by_none() -> None:
    whole, own, other = claim(), claim(), claim()
    leases = process(ProcessAllowances())
    spent(leases, own, 400)
    refused = [leases.spend([own, whole], 1, NOW) for _ in range(5)]

    assert None not in refused
    assert sum(leases.spend([other, whole], 1, NOW) is None for _ in range(500)) == 400


def test_a_process_that_ends_takes_no_more_with_it_than_a_block() -> None:
    one, common = claim(), ProcessAllowances()
    spent(process(common), one, 100)

    assert spent(process(common), one, 400) >= QUOTA.units - 100 - BLOCK


def test_what_was_leased_long_ago_is_not_spent() -> None:
    one, common = claim(), Counted()
    leases = process(common)
    spent(leases, one, 30)
    asked = common.asked
    spent(leases, one, 1, NOW + timedelta(seconds=61))

    assert common.asked == asked + 1


def test_what_is_owed_is_paid_and_counts() -> None:
    one, common = claim(), Counted()
    leases = process(common)
    for _ in range(400):
        leases.owe([one], 1)
    leases.settle([one], NOW)

    assert leases.spend([one], 1, NOW) is not None


def test_while_the_count_is_away_the_process_counts_alone_and_asks_again_later() -> None:
    one, common = claim(), Counted()
    leases = process(common)
    common.away = True
    admitted = spent(leases, one, 1000)
    alone, asked = leases.is_alone(NOW), common.asked
    common.away = False
    later = NOW + timedelta(seconds=6)

    assert (admitted, alone, asked) == (400, True, 1)
    assert spent(leases, claim(), 400, later) == 400
    assert not leases.is_alone(later)
