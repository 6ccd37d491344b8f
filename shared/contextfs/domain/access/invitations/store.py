"""Questions and commands about invitations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contextfs.domain.access.invitations.model import Invitation
from contextfs.kit.errors import Conflict, NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.access.invitations")
_LIST = "invitations"


def insert(tx: Transaction, values: dict[str, Any]) -> Invitation:
    """Store a new invitation, and end an earlier one of the same address."""
    tx.run(_SQL["revoke_for"], {"email": values["email"], "now": values["now"]})
    return _invitation(tx.one(_SQL["insert"], values))


def get(tx: Transaction, invitation_id: UUID) -> Invitation:
    """Read an invitation; NotFound when there is none to see."""
    return _invitation(tx.one(_SQL["get"], {"id": invitation_id}))


def page(tx: Transaction, now: datetime, *, is_open: bool, limit: int, cursor: str | None) -> Page[Invitation]:
    """Read a page of invitations, newest first: all, or those that can be accepted."""
    asked = bounds(cursor, limit, _LIST) | {"open": is_open, "now": now}
    items = [_invitation(row) for row in tx.all(_SQL["page"], asked)]
    return cut(items, limit, lambda one: Position(one.created_at, one.id), _LIST)


def accept(tx: Transaction, invitation_id: UUID, user_id: UUID, now: datetime) -> None:
    """Use an invitation up; who opened the transaction with it holds it."""
    tx.run(_SQL["accept"], {"id": invitation_id, "user_id": user_id, "now": now})


def inviter_role(tx: Transaction, invitation_id: UUID) -> str | None:
    """Give the role that the member has now who made an invitation; None where no member did."""
    return (tx.one(_SQL["inviter"], {"id": invitation_id}) or {"role": None})["role"]


def inviter_reaches_all(tx: Transaction, invitation_id: UUID) -> bool:
    """Tell whether the member who made an invitation reaches all projects now; False where no member did."""
    return (tx.one(_SQL["inviter_reach"], {"id": invitation_id}) or {"is_whole": False})["is_whole"]


def revoke(tx: Transaction, invitation_id: UUID, now: datetime) -> Invitation:
    """End an invitation; Conflict when it was accepted."""
    revoked = tx.one(_SQL["revoke"], {"id": invitation_id, "now": now})
    if revoked is None and get(tx, invitation_id).accepted_at is not None:
        raise Conflict("This invitation was accepted: remove the user instead.")
    return _invitation(revoked)


def revoke_by(tx: Transaction, user_id: UUID, now: datetime) -> int:
    """End the open invitations that a member made; gives how many."""
    return tx.run(_SQL["revoke_by"], {"user_id": user_id, "now": now})


def _invitation(row: Row | None) -> Invitation:
    if row is None:
        raise NotFound("There is no such invitation, or it is not yours to see.")
    return Invitation(**row)
