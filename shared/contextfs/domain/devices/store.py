"""Questions and commands about devices. All but `decide` are asked inside the organization of nobody."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contextfs.domain.devices.model import Answered
from contextfs.domain.devices.rules import INTERVAL
from contextfs.kit.pepper import digests
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load
from contextfs.kit.tokens import Named

NOBODY = UUID(int=0)
"""The organization that a device is in before somebody says whose it is."""

_SQL = load("contextfs.domain.devices")
_AGENT = 200


def insert(tx: Transaction, device: Named, user_code: bytes, *, name: str, agent: str, expires_at: datetime) -> None:
    """Keep a device that asks: the hashes of its codes."""
    named: dict[str, Any] = {"org_id": device.org_id, "id": device.id, "hash": device.hash, "name": name}
    asks = {"user_code_hash": user_code, "agent": agent[:_AGENT].replace("\0", ""), "seconds_between": INTERVAL}
    tx.run(_SQL["insert_device"], named | asks | {"expires_at": expires_at})


def poll(tx: Transaction, device: Named, now: datetime) -> Answered | None:
    """Tell a device what came of its question; None when it is over. A decision is told once."""
    row = tx.one(_SQL["lock_device"], {"id": device.id, "hashes": digests(device.hash)})
    if row is None or row["expires_at"] <= now:
        return None
    if row["decision"] is not None:
        tx.run(_SQL["forget_device"], {"id": device.id})
        return Answered(state=row["decision"], name=row["name"], org_id=row["for_org_id"], user_id=row["for_user_id"])
    between = row["seconds_between"]
    early = row["polled_at"] is not None and now < row["polled_at"] + timedelta(seconds=between)
    wait = between + (INTERVAL if early else 0)
    tx.run(_SQL["note_asked"], {"id": device.id, "now": now, "seconds_between": wait})
    return Answered(state="early" if early else "pending")


def decide(tx: Transaction, user_code: bytes, user_id: UUID, *, allowed: bool, now: datetime) -> str | None:
    """Say of the device that shows a code whether it is this person's; gives its name, or None when none waits."""
    named = {"user_id": user_id, "decision": "allowed" if allowed else "denied", "now": now}
    asked = (tx.one(_SQL["decide_device"], named | {"hash": one}) for one in digests(user_code))
    return next((row["name"] for row in asked if row is not None and row["name"] is not None), None)


def expire(tx: Transaction, now: datetime) -> int:
    """Forget devices that nobody answered; gives how many."""
    return tx.run(_SQL["expire_devices"], {"now": now})
