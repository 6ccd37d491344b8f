"""A transaction inside an organization for somebody who is not known yet: a sign-in begins, or ends."""

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

from contextfs.domain.access.store import assuming
from contextfs.kit.call import Call, Services
from contextfs.kit.clock import Clock
from contextfs.kit.principal import Principal
from contextfs.runtime.door.settle import settle


@contextmanager
def inside(services: Services, clock: Clock, request_id: str, org_id: UUID, audits: str | None) -> Generator[Call]:
    """Open a transaction with the claims of an organization; what the call leaves behind is settled with its commit."""
    now = clock()
    nobody = Principal(org_id=org_id, actor_id=org_id, actor="sign-in")
    with services.database.transaction(assuming(org_id, org_id)) as (tx, _):
        call = Call(principal=nobody, now=now, tx=tx, services=services)
        yield call
        settle(call, audits=audits, meters=None, request_id=request_id)
    if call.events:
        services.wake_relay()
