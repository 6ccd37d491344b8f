"""Questions and commands about logins."""

from datetime import datetime
from uuid import UUID

from contextfs.domain.logins.model import Login, Method
from contextfs.domain.logins.rules import GRACE, IDLE, LIFETIME, ROTATES
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, bounds, cut
from contextfs.kit.pepper import digests, presented
from contextfs.kit.ports import Parameters, Transaction
from contextfs.kit.sql import load
from contextfs.kit.tokens import Named

_SQL = load("contextfs.domain.logins")
_LIST = "logins"
_AGENT = 200


def entering(cookie: Named, now: datetime) -> tuple[str, Parameters]:
    """Give the statement that opens a caller's transaction; its row is the login's person, or there is none."""
    named = {"org_id": cookie.org_id, "login_id": cookie.id, "now": now, **presented(cookie.hash)}
    return _SQL["enter_login"], named | {"idle": IDLE, "rotates": ROTATES, "grace": GRACE}


def insert(
    tx: Transaction,
    cookie: Named,
    user_id: UUID,
    *,
    method: Method,
    key_id: UUID | None = None,
    agent: str,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """Keep a new login; with `key_id` it ends with that key, with `until` at the latest then."""
    named = {"org_id": cookie.org_id, "id": cookie.id, "hash": cookie.hash, "user_id": user_id, "method": method}
    shown = agent[:_AGENT].replace("\0", "")
    expires_at = min(now + LIFETIME, until or now + LIFETIME)
    tx.run(_SQL["insert_login"], named | {"key_id": key_id, "agent": shown, "now": now, "expires_at": expires_at})


def end_past_provider(tx: Transaction, but_of: UUID | None, now: datetime) -> int:
    """End all logins that the organization's provider did not open, but for one person's; gives how many."""
    return tx.run(_SQL["end_logins_past_provider"], {"but_of": but_of, "now": now})


def expire(tx: Transaction, before: datetime) -> int:
    """Forget logins that ended of themselves long ago; gives how many."""
    return tx.run(_SQL["expire_logins"], {"before": before})


def role_of(tx: Transaction, user_id: UUID) -> str:
    """Tell a person's role; NotFound when they are no member."""
    row = tx.one(_SQL["role_of"], {"user_id": user_id})
    if row is None:
        raise NotFound("There is no such person in this organization.")
    return row["role"]


def names_of(tx: Transaction, user_id: UUID | None) -> tuple[str, str | None]:
    """Tell how this organization is called, and the address of a person of it."""
    row = tx.one(_SQL["names_of"], {"user_id": user_id}) or {"organization": "", "email": None}
    return row["organization"], row["email"]


def rotate(tx: Transaction, cookie: Named, digest: bytes, now: datetime) -> bool:
    """Change a login's cookie for a new one; False when another call did so first."""
    named = {"id": cookie.id, "hashes": digests(cookie.hash), "new_hash": digest, "now": now}
    return tx.run(_SQL["rotate_login"], named) == 1


def page(tx: Transaction, user_id: UUID, *, now: datetime, limit: int, cursor: str | None) -> Page[Login]:
    """Read a page of a person's open logins, newest first."""
    named = {"user_id": user_id, "now": now, "idle": IDLE}
    items = [Login(**row) for row in tx.all(_SQL["login_page"], bounds(cursor, limit, _LIST) | named)]
    return cut(items, limit, lambda login: Position(login.created_at, login.id), _LIST)


def end(tx: Transaction, login_id: UUID, user_id: UUID, now: datetime) -> None:
    """End a login of a person; NotFound when they have no such one."""
    if tx.one(_SQL["end_login"], {"id": login_id, "user_id": user_id, "now": now}) is None:
        raise NotFound("There is no such login, or it is not yours to see.")


def end_all(tx: Transaction, user_id: UUID | None, now: datetime, *, but: UUID | None = None) -> int:
    """End all logins of a person, or of everybody, but for one; gives how many."""
    return tx.run(_SQL["end_logins"], {"user_id": user_id, "now": now, "except": but})
