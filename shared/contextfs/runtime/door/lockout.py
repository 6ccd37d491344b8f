"""Wrong credentials: whether they may be tried is looked at before anybody is let in, and a wrong try is counted."""

import math
from datetime import datetime
from ipaddress import ip_address
from uuid import UUID

from contextfs.domain.access.store import assuming
from contextfs.domain.lockouts import store
from contextfs.domain.lockouts.model import Attempt, Tries
from contextfs.domain.lockouts.rules import LOCKED, pause
from contextfs.kit.call import Call, Services
from contextfs.kit.errors import TooManyRequests
from contextfs.kit.principal import Principal
from contextfs.runtime.door.settle import settle
from contextfs.runtime.http.address import network


def attempt(org_id: UUID, target: UUID, address: str | None) -> Attempt | None:
    """Say who tries what, where; None on this machine itself, and where no address is known."""
    if address is None or ip_address(address).is_loopback:
        return None
    return Attempt(org_id, target, network(address))


def failed(services: Services, tried: Attempt, now: datetime, request_id: str) -> None:
    """Count a wrong try in a transaction of its own; a lock is told to the organization's audit log."""
    with services.database.transaction(assuming(tried.org_id, tried.org_id)) as (tx, _):
        tries, is_known = store.fail(tx, tried, now)
        if is_known and tries >= LOCKED:
            nobody = Principal(org_id=tried.org_id, actor_id=tried.org_id, actor="nobody")
            call = Call(principal=nobody, now=now, tx=tx, services=services)
            minutes = int(pause(tries).total_seconds() // 60)
            call.note(subject=tried.target, address=tried.address, tries=tries, minutes=minutes)
            settle(call, audits="credential.locked", meters=None, request_id=request_id)


def check(before: Tries, now: datetime) -> None:
    """Stop with TooManyRequests who has to wait, whether the credential is right or wrong."""
    if before.locked_until is not None and before.locked_until > now:
        seconds = max(1, math.ceil((before.locked_until - now).total_seconds()))
        told = f"This credential was wrong {before.tries} times at this address: wait {seconds} s, or use another one."
        raise TooManyRequests(told, retry_after=seconds)
