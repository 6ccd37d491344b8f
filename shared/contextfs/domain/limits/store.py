"""Buckets in Postgres. A bucket that is not there is full."""

from collections.abc import Sequence
from datetime import datetime

from contextfs.kit.allowance import Granted, Wanted
from contextfs.kit.ports import Parameters, Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.limits")


def taking(wanted: Sequence[Wanted], now: datetime) -> tuple[str, Parameters]:
    """Give the statement that takes units; its one row is read by `granted`."""
    named = {
        "orgs": [one.subject.org_id for one in wanted],
        "names": [one.subject.name for one in wanted],
        "units": [one.quota.units for one in wanted],
        "seconds": [one.quota.seconds for one in wanted],
        "least": [one.least for one in wanted],
        "most": [one.most for one in wanted],
        "now": now,
    }
    return _SQL["take"], named


def granted(row: Row) -> list[Granted]:
    """Read what was taken, in the order in which it was wanted."""
    return [Granted(*one) for one in zip(row["granted"], row["remaining"], row["wait"], strict=True)]


def expire(tx: Transaction, before: datetime) -> int:
    """Forget buckets that were full again by then; gives how many."""
    return tx.run(_SQL["expire"], {"before": before})
