"""Questions and commands about single sign-on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.sso.model import AttributeMapping, Domain, Member, Settings
from contextfs.domain.sso.rules import RECORD
from contextfs.kit.errors import Conflict, NotFound
from contextfs.kit.ports import Row, Transaction
from contextfs.kit.saml import Named
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.sso")
_NONE = Settings(
    enabled=False,
    provider="generic",
    metadata_url=None,
    client_id=None,
    client_secret=None,
    attribute_mapping=AttributeMapping(),
    auto_provision=False,
    default_role="member",
    group_roles={},
    enforced=False,
    break_glass_user_id=None,
    metadata_xml=None,
    idp_initiated=False,
    saml_certificate=None,
    saml_key=None,
    vouched=None,
    updated_at=None,
)


def organization_of_domain(tx: Transaction, domain: str) -> UUID | None:
    """Find the organization that has proven a domain; None where it is nobody's, or several have."""
    return (tx.one(_SQL["organization_of_domain"], {"domain": domain}) or {"org_id": None})["org_id"]


def organizations_of_person(tx: Transaction, issuer: str, subject: str, email: str) -> dict[UUID, str]:
    """Find the organizations, by id and name, that somebody was in before, or whose own address they have.

    The address is given in lower case; it is an organization's own when that has proven its domain.
    """
    named = {"issuer": issuer, "subject": subject, "email": email}
    return {row["org_id"]: row["name"] for row in tx.all(_SQL["organizations_of_person"], named)}


def settings(tx: Transaction) -> Settings:
    """Read how the organization signs in; switched off where it never said."""
    row = tx.one(_SQL["get_settings"])
    return _NONE if row is None else msgspec.convert(row, Settings)


def put(tx: Transaction, org_id: UUID, wanted: Settings, before: Settings) -> Settings:
    """Set how the organization signs in; Conflict when it is not as it was `before`, also by who does so at once."""
    named = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    for name in ("attribute_mapping", "group_roles"):
        named[name] = msgspec.json.encode(named[name]).decode()
    named["vouched"] = None if wanted.vouched is None else list(wanted.vouched)
    row = tx.one(_SQL["put_settings"], named | {"org_id": org_id, "before": before.updated_at})
    if row is None:
        raise Conflict("How the organization signs in was changed meanwhile: look at it, and send this again.")
    return msgspec.structs.replace(wanted, updated_at=row["updated_at"])


def domains(tx: Transaction) -> list[Domain]:
    """Read the organization's domains."""
    return [_domain(row) for row in tx.all(_SQL["domains"])]


def domain(tx: Transaction, name: str) -> Domain:
    """Read a domain; NotFound when the organization has no such one."""
    row = tx.one(_SQL["get_domain"], {"domain": name})
    if row is None:
        raise NotFound("There is no such domain, or it is not yours to see.")
    return _domain(row)


def claim_domain(tx: Transaction, org_id: UUID, name: str, proof: str, now: datetime) -> None:
    """Note a domain with what will prove it; the first proof stays."""
    tx.run(_SQL["claim_domain"], {"org_id": org_id, "domain": name, "proof": proof, "now": now})


def verify_domain(tx: Transaction, name: str, verified_at: datetime | None) -> None:
    """Note that a domain is proven, or not any more."""
    tx.run(_SQL["verify_domain"], {"domain": name, "verified_at": verified_at})


def release_domain(tx: Transaction, name: str) -> None:
    """Forget a domain; NotFound when the organization has no such one."""
    if not tx.run(_SQL["release_domain"], {"domain": name}):
        raise NotFound("There is no such domain, or it is not yours to see.")


def begin(
    tx: Transaction, org_id: UUID, signin: UUID, *, state: bytes, binder: bytes, return_to: str, expires_at: datetime
) -> None:
    """Note that a browser was sent to the provider: hashes of what it has to bring back."""
    named = {"org_id": org_id, "id": signin, "state_hash": state, "binder_hash": binder}
    tx.run(_SQL["begin_signin"], named | {"return_to": return_to, "expires_at": expires_at})


def take(tx: Transaction, signin: UUID, state: bytes) -> Row | None:
    """Take a sign-in that was begun; it can be taken once."""
    return tx.one(_SQL["take_signin"], {"id": signin, "state_hash": state})


def member_of_subject(tx: Transaction, issuer: str, subject: str) -> Member | None:
    """Find who a provider's subject is here."""
    return _member(tx.one(_SQL["member_of_subject"], {"issuer": issuer, "subject": subject}))


def member_of_email(tx: Transaction, email: str) -> Member | None:
    """Find who has an address, given in lower case."""
    return _member(tx.one(_SQL["member_of_email"], {"email": email}))


def member(tx: Transaction, user_id: UUID) -> Member | None:
    """Find a member."""
    return _member(tx.one(_SQL["member"], {"user_id": user_id}))


def role_of_voucher(tx: Transaction, user_id: UUID) -> str | None:
    """Read the role that a member has now; None when they left, are suspended, or reach some projects alone."""
    row = tx.one(_SQL["voucher"], {"user_id": user_id})
    return row["role"] if row is not None and row["is_whole"] else None


def link(tx: Transaction, org_id: UUID, issuer: str, subject: str, user_id: UUID, now: datetime) -> None:
    """Note who a provider's subject is here."""
    named = {"org_id": org_id, "issuer": issuer, "subject": subject, "user_id": user_id, "now": now}
    tx.run(_SQL["link_subject"], named)


def set_role(tx: Transaction, user_id: UUID, role: str, now: datetime) -> bool:
    """Give a member another role, unless they are an owner; tells whether it is another one."""
    return tx.run(_SQL["set_role"], {"user_id": user_id, "role": role, "now": now}) == 1


def expire(tx: Transaction, now: datetime) -> int:
    """Forget sign-ins that nobody came back from, and messages that are believed no more; gives how many."""
    return tx.run(_SQL["expire_signins"], {"now": now}) + tx.run(_SQL["expire_messages"], {"now": now})


def take_message(tx: Transaction, org_id: UUID, issuer: str, message_id: str, expires_at: datetime) -> bool:
    """Use a message of a provider; False when it was used before."""
    named = {"org_id": org_id, "issuer": issuer, "id": message_id, "expires_at": expires_at}
    return tx.run(_SQL["take_message"], named) == 1


def keep_session(
    tx: Transaction, org_id: UUID, login_id: UUID, issuer: str, name: Named, session_index: str | None
) -> None:
    """Note which session of the provider a login belongs to."""
    named = {"org_id": org_id, "login_id": login_id, "issuer": issuer, "name_id": name.text}
    told = msgspec.json.encode(name).decode()
    tx.run(_SQL["keep_session"], named | {"name": told, "session_index": session_index})


def session_of(tx: Transaction, login_id: UUID) -> tuple[Named, str | None] | None:
    """Find whom a provider knows a login by, and in which of its sessions; None where it knows nothing of it."""
    row = tx.one(_SQL["session_of_login"], {"login_id": login_id})
    return None if row is None else (msgspec.convert(row["name"], Named), row["session_index"])


def end_sessions(tx: Transaction, issuer: str, name: Named, indexes: Sequence[str], now: datetime) -> int:
    """End the logins of a person that belong to sessions of the provider; of all where none is named."""
    named = {"issuer": issuer, "name_id": name.text, "indexes": list(indexes), "now": now}
    return tx.run(_SQL["end_sessions"], named)


def _domain(row: Row) -> Domain:
    return Domain(
        domain=row["domain"],
        record=RECORD + row["proof"],
        created_at=row["created_at"],
        verified_at=row["verified_at"],
    )


def _member(row: Row | None) -> Member | None:
    return None if row is None else Member(**row)
