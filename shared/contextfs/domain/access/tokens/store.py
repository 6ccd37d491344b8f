"""Questions and commands about access tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contextfs.kit.pepper import presented
from contextfs.kit.ports import Parameters, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.access.tokens")


def entering(org_id: UUID, token_id: UUID, digest: bytes, now: datetime) -> tuple[str, Parameters]:
    """Give the statement that opens a caller's transaction; its row tells who was let in, or there is none."""
    return _SQL["admit_token"], {"org_id": org_id, "id": token_id, "now": now, **presented(digest)}


def insert(tx: Transaction, values: dict[str, Any]) -> None:
    """Store a new token: its hash, and what it was changed for."""
    tx.run(_SQL["insert_access_token"], values)


def expire(tx: Transaction, now: datetime) -> int:
    """Forget tokens that ended; gives how many."""
    return tx.run(_SQL["expire_tokens"], {"now": now})
