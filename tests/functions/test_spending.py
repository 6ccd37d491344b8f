"""A cap on what language models cost holds for all who spend at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

from contextfs.domain.access.store import assuming
from contextfs.domain.spending.rules import month_of
from contextfs.domain.spending.store import Intent, reserve
from contextfs.kit.ports import Transaction
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.conftest import Rows, wait_until


def reserved(tx: Transaction, tenant: Tenant, now: datetime) -> bool:
    """Reserve 60 of 100 millionths of a dollar."""
    intent = Intent(
        org_id=tenant.org_id,
        id=uuid4(),
        project_id=tenant.project_id,
        model="m",
        purpose="learn",
        subject=uuid4(),
        upto=1,
        micros=60,
    )
    return reserve(tx, intent, cap_micros=100, since=month_of(now), now=now)


def test_who_comes_second_waits_and_sees_what_the_first_took(tenant: Tenant, rows: Rows, wiring: Wiring) -> None:
    now, opening = wiring.clock(), assuming(tenant.org_id, tenant.user_id)

    def second() -> bool:
        with wiring.database.transaction(opening) as (tx, _):
            return reserved(tx, tenant, now)

    with ThreadPoolExecutor(1) as pool, wiring.database.transaction(opening) as (tx, _):
        backend = (tx.one("select pg_backend_pid() as pid") or {})["pid"]
        first = reserved(tx, tenant, now)
        waiting = pool.submit(second)
        wait_until(lambda: rows.waiting_for(backend))

    assert (first, waiting.result()) == (True, False)
