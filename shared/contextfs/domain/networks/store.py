"""Questions and commands about allow-lists."""

from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.networks.model import AllowList
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.networks")


def get(tx: Transaction) -> AllowList:
    """Read the allow-list; without networks, where there is none."""
    row = tx.one(_SQL["get_list"])
    return AllowList(networks=[], covers=[]) if row is None else msgspec.convert(row, AllowList)


def put(tx: Transaction, org_id: UUID, wanted: AllowList, *, by: UUID, now: datetime) -> None:
    """Set the allow-list, or clear it where it names no network."""
    named = {"org_id": org_id, "networks": wanted.networks, "covers": wanted.covers, "updated_by": by, "now": now}
    tx.run(_SQL["put_list" if wanted.networks else "clear_list"], named)
