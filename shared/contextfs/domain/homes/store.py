"""Questions and commands about where organizations live."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.homes.model import Home
from contextfs.kit.ports import Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.homes")


def get(tx: Transaction, org_id: UUID) -> Home | None:
    """Read where an organization lives, inside of its claims; None when that is not known here."""
    row = tx.one(_SQL["get_home"], {"org_id": org_id})
    return None if row is None else msgspec.convert(row, Home)


def put(tx: Transaction, home: Home, now: datetime) -> None:
    """Note where an organization lives, inside of its claims."""
    tx.run(_SQL["put_home"], msgspec.structs.asdict(home) | {"now": now})


def among(tx: Transaction, org_ids: Iterable[UUID], regions: Iterable[str]) -> Mapping[UUID, str]:
    """Tell which of some organizations live in one of some regions, and in which; for who carries events."""
    rows = tx.all(_SQL["homes_among"], {"orgs": list(org_ids), "regions": list(regions)})
    return {row["org_id"]: row["region"] for row in rows}
