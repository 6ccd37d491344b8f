"""Questions and commands about organizations, members and API keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contextfs.domain.access.keys import Credential
from contextfs.domain.access.model import ApiKey
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.pepper import digests, presented
from contextfs.kit.ports import Parameters, Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.access")
_LIST = "api_keys"


def entering(credential: Credential, now: datetime) -> tuple[str, Parameters]:
    """Give the statement that opens a caller's transaction; its row tells who was let in, or there is none."""
    named = {"org_id": credential.org_id, "id": credential.id, "now": now, **presented(credential.hash)}
    return _SQL["admit_invitation" if credential.kind == "invitation" else "admit_key"], named


def assuming(org_id: UUID, reader: UUID) -> tuple[str, Parameters]:
    """Give the statement that opens the platform's own transaction inside one organization."""
    return _SQL["assume"], {"org_id": org_id, "reader": reader}


def signed_claims(tx: Transaction, backend: int) -> str:
    """Let the database sign the claims of this transaction for another connection, for a minute."""
    return (tx.one(_SQL["sign_claims"], {"backend": backend, "seconds": 60}) or {"signed": ""})["signed"]


def insert_organization(tx: Transaction, org_id: UUID, *, name: str, plan: str, region: str, now: datetime) -> bool:
    """Create an organization; False when it exists already."""
    parameters = {"org_id": org_id, "name": name, "plan": plan, "region": region, "now": now}
    return tx.one(_SQL["insert_organization"], parameters) is not None


def delete_organization(tx: Transaction, org_id: UUID) -> None:
    """Delete an organization and all that belongs to it, but for what is kept about its calls."""
    for statement in ("delete_letters", "delete_deliveries", "delete_replies", "delete_home", "delete_organization"):
        tx.run(_SQL[statement], {"org_id": org_id})


def insert_key(tx: Transaction, values: dict[str, Any]) -> ApiKey:
    """Store a new key: only its hash and its last four characters."""
    return _key(tx.one(_SQL["insert_key"], values))


def get_key(tx: Transaction, key_id: UUID) -> ApiKey:
    """Read a key; NotFound when there is none to see."""
    return _key(tx.one(_SQL["get_key"], {"id": key_id}))


def key_page(tx: Transaction, *, limit: int, cursor: str | None, user_id: UUID | None = None) -> Page[ApiKey]:
    """Read a page of keys, newest first: all, or those of one member."""
    items = [_key(row) for row in tx.all(_SQL["key_page"], bounds(cursor, limit, _LIST) | {"user_id": user_id})]
    return cut(items, limit, lambda key: Position(key.created_at, key.id), _LIST)


def revoke_key(tx: Transaction, key_id: UUID, now: datetime) -> ApiKey:
    """End a key; from the next call on it opens nothing."""
    tx.run(_SQL["revoke_key"], {"id": key_id, "now": now})
    return get_key(tx, key_id)


def is_open(tx: Transaction, credential: Credential, now: datetime) -> bool:
    """Tell whether somebody presents a key that opens."""
    named = {"id": credential.id, "hashes": digests(credential.hash), "now": now}
    return tx.one(_SQL["open_key"], named) is not None


def limit_key(tx: Transaction, key_id: UUID, ends: datetime, now: datetime) -> bool:
    """Let a key end at a time, unless it ends before; False when it has ended already."""
    return tx.one(_SQL["limit_key"], {"id": key_id, "ends": ends, "now": now}) is not None


def _key(row: Row | None) -> ApiKey:
    if row is None:
        raise NotFound("There is no such API key, or it is not yours to see.")
    return ApiKey(**row)
