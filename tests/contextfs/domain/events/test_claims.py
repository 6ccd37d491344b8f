"""Claims of events: as many as asked for, each once, and at the same cost however many wait."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.domain.events import store
from contextfs.domain.events.model import Delivery
from contextfs.domain.events.rules import LEASE
from contextfs.kit.sql import load
from tests.conftest import as_role

_NOW = datetime(2026, 5, 1, tzinfo=UTC)
_WAITING = 3000
_CONSUMERS = ["triggers.embed", "triggers.extract"]
_FILL = """
    insert into outbox (org_id, id, type, subject, time, actor, reader, data)
    select md5(n::text)::uuid, md5(n::text)::uuid, 'memory.created', md5(n::text)::uuid, '2026-04-01', 'system',
        md5(n::text)::uuid, '{}'
    from generate_series(1, 3000) as n;
    insert into deliveries (org_id, consumer, event_id, event, run_at)
    select org_id, 'triggers.' || c, id,
        jsonb_build_object('org_id', org_id, 'id', id, 'project_id', null, 'type', type, 'subject', subject,
            'time', time, 'actor', actor, 'reader', reader, 'data', data),
        '2026-04-01'
    from outbox cross join unnest(array['embed', 'extract', 'index_memory']) as c;
"""


@pytest.fixture(scope="module")
def backlog(new_schema: Callable[[], str]) -> Iterator[PostgresDatabase]:
    """Give a database, as the relay sees it, in which events piled up."""
    url = new_schema()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("set search_path = contextfs")
        # The planner learns of both tables when they were emptied, and is told nothing of what comes then.
        for statement in (_FILL, "delete from outbox", "delete from deliveries", "analyze outbox, deliveries", _FILL):
            admin.execute(statement)
    database = PostgresDatabase(as_role(url, "contextfs_relay"), size=2)
    yield database
    database.close()


def test_as_many_events_are_taken_as_are_asked_for(backlog: PostgresDatabase) -> None:
    with backlog.transaction() as (one, _), backlog.transaction() as (other, _):
        first = store.claim_outbox(one, _NOW, 100)
        second = store.claim_outbox(other, _NOW, 100)

    assert [100, 100] == [len(first), len(second)]
    assert not {event.id for event in first} & {event.id for event in second}


def test_as_many_deliveries_are_taken_as_are_asked_for(backlog: PostgresDatabase) -> None:
    with backlog.transaction() as (one, _), backlog.transaction() as (other, _):
        first, _ = store.claim_deliveries(one, _CONSUMERS, _NOW, 8)
        second, _ = store.claim_deliveries(other, _CONSUMERS, _NOW, 8)

    assert [8, 8] == [len(first), len(second)]
    assert not {(each.consumer, each.event.id) for each in first} & {(each.consumer, each.event.id) for each in second}
    assert {each.consumer for each in [*first, *second]} <= set(_CONSUMERS)


def test_a_lease_is_renewed_by_who_holds_it_alone(backlog: PostgresDatabase) -> None:
    consumer, moments = ["triggers.index_memory"], [_NOW + LEASE * quarters / 4 for quarters in range(9)]

    def claim(now: datetime) -> list[Delivery]:
        with backlog.transaction() as (tx, _):
            return store.claim_deliveries(tx, consumer, now, _WAITING)[0]

    def renew(delivery: Delivery, now: datetime) -> bool:
        with backlog.transaction() as (tx, _):
            return store.renew(tx, delivery, now)

    slow, *others = claim(moments[0])
    renewed = renew(slow, moments[3])
    meanwhile = claim(moments[5])
    again = [one for one in claim(moments[8]) if one.event == slow.event]
    late, newer = renew(slow, moments[8]), renew(again[0], moments[8])
    with backlog.transaction() as (tx, _):
        store.finish(tx, again[0])
    gone = renew(again[0], moments[8])

    assert (True, False, True, False) == (renewed, late, newer, gone)
    assert slow.event not in [one.event for one in meanwhile]
    assert len(others) == len(meanwhile)
    assert [slow.attempts + 1] == [one.attempts for one in again]


@pytest.mark.parametrize("question", ["claim_outbox", "claim_deliveries"])
def test_a_claim_looks_at_no_more_than_it_takes(backlog: PostgresDatabase, question: str) -> None:
    values = {"now": _NOW, "lease": _NOW, "limit": 8, "consumers": _CONSUMERS}
    with backlog.transaction() as (tx, _):
        rows = tx.all(f"explain (analyze, timing off) {load('contextfs.domain.events')[question]}", values)
    plan = "\n".join(row["QUERY PLAN"] for row in rows)

    looked_at = [float(count) for count in re.findall(r"Scan .*actual rows=([\d.]+)", plan)]

    assert "Seq Scan" not in plan
    assert max(looked_at) < _WAITING / 10, plan
