"""Questions and commands about the members of an organization."""

from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.access.people.model import NewUser, User, UserChange
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.access.people")
_LIST = "users"


def insert(tx: Transaction, org_id: UUID, user_id: UUID, new: NewUser, now: datetime) -> User:
    """Add a member; Conflict when somebody has the address already."""
    values = msgspec.structs.asdict(new) | {"org_id": org_id, "id": user_id, "now": now}
    return _user(tx.one(_SQL["insert"], values))


def get(tx: Transaction, user_id: UUID, *, lock: bool = False) -> User:
    """Read a member, held against other changes if `lock`; NotFound when there is none to see."""
    return _user(tx.one(_SQL["lock" if lock else "get"], {"id": user_id}))


def page(tx: Transaction, *, email: str | None, role: str | None, limit: int, cursor: str | None) -> Page[User]:
    """Read a page of members, newest first."""
    asked = bounds(cursor, limit, _LIST) | {"email": email, "role": role}
    items = [_user(row) for row in tx.all(_SQL["page"], asked)]
    return cut(items, limit, lambda user: Position(user.created_at, user.id), _LIST)


def update(tx: Transaction, user: User, change: UserChange, now: datetime) -> User:
    """Change a member; Conflict when the last owner would be none any more."""
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
    suspended = given.pop("suspended", user.suspended_at is not None)
    values = msgspec.structs.asdict(user) | given
    values["suspended_at"] = (user.suspended_at or now) if suspended else None
    return _user(tx.one(_SQL["update"], values | {"now": now}))


def remove(tx: Transaction, user_id: UUID) -> None:
    """End a membership with all its keys and invitations; Conflict when it is the last owner's."""
    tx.run(_SQL["remove"], {"id": user_id})


def _user(row: Row | None) -> User:
    if row is None:
        raise NotFound("There is no such user, or it is not yours to see.")
    return User(**row)
