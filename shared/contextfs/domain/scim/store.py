"""Questions and commands about the directory."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contextfs.domain.scim.model import USER, Entry, ScimToken, Vouching
from contextfs.domain.scim.rules import email_of, is_active, key_of
from contextfs.kit.errors import NotFound
from contextfs.kit.pepper import presented
from contextfs.kit.ports import Parameters, Row, Transaction
from contextfs.kit.sql import load
from contextfs.kit.tokens import Named

_SQL = load("contextfs.domain.scim")


def entering(token: Named, now: datetime) -> tuple[str, Parameters]:
    """Give the statement that opens a directory's transaction; its row is the token, or there is none."""
    return _SQL["enter_scim"], {"org_id": token.org_id, "token_id": token.id, "now": now, **presented(token.hash)}


def insert_token(tx: Transaction, values: dict[str, Any]) -> ScimToken:
    """Store a new token: only its hash and its last four characters."""
    return _token(tx.one(_SQL["insert_token"], values))


def tokens(tx: Transaction) -> list[ScimToken]:
    """Read the organization's tokens, newest first."""
    return [_token(row) for row in tx.all(_SQL["tokens"])]


def revoke_token(tx: Transaction, token_id: UUID, now: datetime) -> ScimToken:
    """End a token; from the next request on it opens nothing."""
    return _token(tx.one(_SQL["revoke_token"], {"id": token_id, "now": now}))


def vouching(tx: Transaction, token_id: UUID) -> Vouching:
    """Read what the one might who made a token, and the role that they have now."""
    row = tx.one(_SQL["vouched"], {"id": token_id})
    if row is None:
        return Vouching(then=(), is_noted=True, role=None)
    then = None if row["vouched"] is None else tuple(row["vouched"])
    return Vouching(then=then, is_noted=row["made_by"] is not None, role=row["role"] if row["is_whole"] else None)


def get(tx: Transaction, kind: str, entry_id: str, *, lock: bool = False) -> Entry | None:
    """Read a user or group; None when there is none of this id."""
    try:
        named = {"id": UUID(entry_id), "type": kind}
    except ValueError:
        return None
    row = tx.one(_SQL["lock_entry" if lock else "get_entry"], named)
    return None if row is None else Entry(**row)


def entries(
    tx: Transaction, kinds: list[str], *, key: str | None = None, external_id: str | None = None
) -> list[Entry]:
    """Read users and groups, all of them or those of a name or a foreign id."""
    named = {"types": kinds, "key": key, "external_id": external_id}
    return [Entry(**row) for row in tx.all(_SQL["entries"], named)]


def insert(
    tx: Transaction, org_id: UUID, entry_id: UUID, kind: str, resource: Mapping[str, Any], now: datetime
) -> Entry | None:
    """Store a user or group; None when its name is taken."""
    row = tx.one(_SQL["insert_entry"], _columns(entry_id, kind, resource, now) | {"org_id": org_id})
    return None if row is None else Entry(**row)


def update(tx: Transaction, entry: Entry, resource: Mapping[str, Any], now: datetime) -> Entry | None:
    """Change a user or group that was locked; None when its new name is taken."""
    named = _columns(entry.id, entry.type, resource, now)
    if named["key"] is not None and tx.one(_SQL["key_owner"], named) is not None:
        return None
    row = tx.one(_SQL["update_entry"], named)
    return None if row is None else Entry(**row)


def delete(tx: Transaction, entry: Entry) -> None:
    """Forget a user or group."""
    tx.run(_SQL["delete_entry"], {"id": entry.id})


@contextmanager
def operation(tx: Transaction) -> Generator[None]:
    """Take back, alone, what is done inside, when it fails."""
    tx.run(_SQL["savepoint"])
    try:
        yield
    except BaseException:
        tx.run(_SQL["take_back"])
        raise


def groups_of(tx: Transaction, entry_id: str) -> list[str]:
    """Name the groups that a user is in."""
    return [row["name"] for row in tx.all(_SQL["is_member_of"], {"id": entry_id}) if row["name"]]


def attach(tx: Transaction, entry_id: UUID, user_id: UUID | None, role: str | None) -> None:
    """Note which member a user is, and the role that they come back with."""
    tx.run(_SQL["attach"], {"id": entry_id, "user_id": user_id, "role": role})


def is_taken(tx: Transaction, entry_id: UUID, user_id: UUID) -> bool:
    """Tell whether another user of the directory is this member already."""
    return tx.one(_SQL["taken_by"], {"id": entry_id, "user_id": user_id}) is not None


def is_withdrawn(tx: Transaction, email: str) -> bool:
    """Tell whether the directory says that who has this address is none of us."""
    return (tx.one(_SQL["is_withdrawn"], {"email": email}) or {"withdrawn": False})["withdrawn"]


def put_member(
    tx: Transaction, org_id: UUID, user_id: UUID, *, email: str, name: str | None, role: str, now: datetime
) -> None:
    """Make a member; nothing happens when they are one."""
    named = {"org_id": org_id, "user_id": user_id, "email": email, "name": name, "role": role, "now": now}
    tx.run(_SQL["put_member"], named)


def rename_member(tx: Transaction, user_id: UUID, email: str, name: str | None, now: datetime) -> None:
    """Let a member's address and name follow the directory."""
    tx.run(_SQL["rename_member"], {"user_id": user_id, "email": email, "name": name, "now": now})


def address_owner(tx: Transaction, email: str) -> Row | None:
    """Find the member of an address: `user_id` and `role`."""
    return tx.one(_SQL["address_owner"], {"email": email})


def owners(tx: Transaction) -> set[UUID]:
    """Read the owners, and let nobody else change who is one until this call has ended."""
    return {row["user_id"] for row in tx.all(_SQL["lock_owners"])}


def remove_member(tx: Transaction, user_id: UUID) -> str | None:
    """End a membership, with all keys and logins; gives the role it had, None when there was none."""
    return (tx.one(_SQL["remove_member"], {"user_id": user_id}) or {"role": None})["role"]


def _columns(entry_id: UUID, kind: str, resource: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "id": entry_id,
        "type": kind,
        "key": key_of(kind, resource),
        "external_id": resource.get("externalId"),
        "active": is_active(kind, resource),
        "email": email_of(resource) if kind == USER else None,
        "resource": msgspec.json.encode(resource).decode(),
        "now": now,
    }


def _token(row: Row | None) -> ScimToken:
    if row is None:
        raise NotFound("There is no such token, or it is not yours to see.")
    return ScimToken(**row)
