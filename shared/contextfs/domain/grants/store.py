"""Questions and commands about grants."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contextfs.domain.grants.model import Grant
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.pepper import digests, presented
from contextfs.kit.ports import Parameters, Row, Transaction
from contextfs.kit.sql import load
from contextfs.kit.tokens import Named

_SQL = load("contextfs.domain.grants")
_LIST = "grants"


def entering(org_id: UUID, grant_id: UUID, digest: bytes, now: datetime) -> tuple[str, Parameters]:
    """Give the statement that opens a caller's transaction; its row tells who was let in, or there is none."""
    return _SQL["admit_grant"], {"org_id": org_id, "id": grant_id, "now": now, **presented(digest)}


def insert(tx: Transaction, values: dict[str, Any]) -> None:
    """Keep a new grant."""
    tx.run(_SQL["insert_grant"], values)


def lock_code(tx: Transaction, code: Named) -> Row | None:
    """Read the grant of a code, and let nobody else change it for now."""
    return tx.one(_SQL["lock_code"], {"id": code.id, "hashes": digests(code.hash)})


def lock_refresh(tx: Transaction, token: Named) -> Row | None:
    """Read the grant of a refresh token, the last one or the one before; nobody else changes it for now."""
    return tx.one(_SQL["lock_refresh"], {"id": token.id, "hashes": digests(token.hash)})


def give_tokens(
    tx: Transaction, grant_id: UUID, *, access: bytes, until: datetime, refresh: bytes, now: datetime, again: bool
) -> None:
    """Note the hashes of a grant's new tokens; `again` where the ones before were lost on their way."""
    named = {"id": grant_id, "access_hash": access, "access_expires_at": until, "refresh_hash": refresh, "now": now}
    tx.run(_SQL["give_tokens"], named | {"keeps_earlier": again})


def end(tx: Transaction, grant_id: UUID, now: datetime, *, of: UUID | None = None) -> None:
    """End a grant, of a person where one is named; NotFound when there is none."""
    if tx.one(_SQL["end_grant"], {"id": grant_id, "user_id": of, "now": now}) is None:
        raise NotFound("There is no such grant, or it is not yours to see.")


def is_presented(tx: Transaction, token: Named) -> bool:
    """Tell whether somebody presents a token of an open grant."""
    return tx.one(_SQL["presented_grant"], {"id": token.id, "hashes": digests(token.hash)}) is not None


def page(tx: Transaction, user_id: UUID, *, now: datetime, limit: int, cursor: str | None) -> Page[Grant]:
    """Read a page of a person's open grants, newest first."""
    named = {"user_id": user_id, "now": now}
    items = [Grant(**row) for row in tx.all(_SQL["grant_page"], bounds(cursor, limit, _LIST) | named)]
    return cut(items, limit, lambda grant: Position(grant.created_at, grant.id), _LIST)


def expire(tx: Transaction, before: datetime) -> int:
    """Forget grants that ended long ago; gives how many."""
    return tx.run(_SQL["expire_grants"], {"before": before})
