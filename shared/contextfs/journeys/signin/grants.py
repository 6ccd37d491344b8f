"""A person lets a program act for them: a code, changed for tokens by who can prove that they asked; and their end.

Whoever brings a code a second time, or a refresh token that was changed for a newer one, holds a copy: the grant is
ended for all who hold one (OAuth 2.1, sections 4.1.3 and 4.3.1).
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from contextfs.domain.access.tokens.rules import narrowed
from contextfs.domain.grants import rules, store
from contextfs.domain.grants.model import Grant, GrantCreated, NewGrant, Tokens
from contextfs.journeys.signin.logins import check_stands_for_its_person
from contextfs.kit import tokens
from contextfs.kit.call import Call, OpenCall
from contextfs.kit.errors import Invalid, NotAuthenticated, NotFound
from contextfs.kit.page import Page

_OVER = "This code or token is not good, or is over: ask the person again."


def create(call: Call, new: NewGrant) -> GrantCreated:
    """Let a program in; gives the code that it changes for tokens."""
    user_id = check_stands_for_its_person(call)
    if new.resource != f"{call.services.public_url}/mcp":
        raise Invalid(f"A grant opens {call.services.public_url}/mcp, and nothing else.", where="$.resource")
    permissions = narrowed(new.scope, call.principal.permissions)
    grant_id, org_id = call.new_id(), call.principal.org_id
    code = tokens.mint(rules.CODE, org_id, grant_id, call.services.entropy)
    store.insert(
        call.tx,
        {
            "org_id": org_id,
            "id": grant_id,
            "user_id": user_id,
            "client_id": new.client_id,
            "client_name": new.client_name,
            "redirect_uri": new.redirect_uri,
            "challenge": new.code_challenge,
            "permissions": list(permissions),
            "audience": new.resource,
            "code_hash": tokens.digest(code, call.services.key_pepper),
            "code_expires_at": call.now + rules.CODE_LASTS,
            "now": call.now,
            "expires_at": call.now + rules.LASTS,
        },
    )
    call.note(subject=grant_id, permissions=list(permissions))
    return GrantCreated(id=grant_id, code=code)


def mine(call: Call, *, limit: int, cursor: str | None) -> Page[Grant]:
    """Read a page of the programs that may act for the caller."""
    user_id = check_stands_for_its_person(call)
    return store.page(call.tx, user_id, now=call.now, limit=limit, cursor=cursor)


def end(call: Call, grant_id: UUID) -> None:
    """End one of the caller's grants; NotFound when it is not theirs, or they call for one project only."""
    if call.principal.project_ids is not None and call.principal.login_id is None:
        raise NotFound("There is no such grant, or it is not yours to see.")
    store.end(call.tx, grant_id, call.now, of=call.principal.reader_id)
    call.note(subject=grant_id)


def redeem(
    call: OpenCall, code: str, *, client_id: str, redirect_uri: str, verifier: str, resource: str | None
) -> Tokens:
    """Change a code for tokens; NotAuthenticated when it is not good, which ends the grant."""

    def checked(row: dict[str, Any]) -> bool:
        return (
            row["redeemed_at"] is None
            and row["code_expires_at"] > call.now
            and (row["client_id"], row["redirect_uri"]) == (client_id, redirect_uri)
            and resource in {None, row["audience"]}
            and rules.proves(verifier, row["challenge"])
        )

    return _given(call, code, rules.CODE, store.lock_code, checked)


def refresh(call: OpenCall, token: str, *, client_id: str, resource: str | None) -> Tokens:
    """Change a refresh token for the next two; NotAuthenticated when it is not good, which ends the grant."""

    def checked(row: dict[str, Any]) -> bool:
        return (
            row["expires_at"] > call.now
            and row["client_id"] == client_id
            and resource in {None, row["audience"]}
            and (row["is_current"] or row["rotated_at"] > call.now - rules.GRACE)
        )

    return _given(call, token, rules.REFRESH, store.lock_refresh, checked)


def give_back(call: OpenCall, text: str) -> None:
    """End a grant by one of its tokens; one that is not known is ended already."""
    named = tokens.parse(text, call.services.key_pepper, rules.ACCESS, rules.REFRESH)
    if named is None:
        return
    with call.inside(named.org_id, None) as inside:
        is_open = store.is_presented(inside.tx, named)
    if is_open:
        with call.inside(named.org_id, "grant.ended") as inside:
            store.end(inside.tx, named.id, call.now)
            inside.note(subject=named.id)


def _given(
    call: OpenCall,
    text: str,
    prefix: str,
    lock: Callable[[Any, tokens.Named], dict[str, Any] | None],
    checked: Callable[[dict[str, Any]], bool],
) -> Tokens:
    """Give new tokens for a code or a refresh token that passes; end the grant of one that does not."""
    named = tokens.parse(text, call.services.key_pepper, prefix)
    if named is None:
        raise NotAuthenticated(_OVER)
    with call.inside(named.org_id, None) as inside:
        row = lock(inside.tx, named)
        if row is not None and row["ended_at"] is None and checked(row):
            return _minted(inside, row, again=not row.get("is_current", True))
    if row is not None and row["ended_at"] is None:
        with call.inside(named.org_id, "grant.replayed") as inside:
            store.end(inside.tx, named.id, call.now)
            inside.note(subject=named.id)
    raise NotAuthenticated(_OVER)


def _minted(call: Call, row: dict[str, Any], *, again: bool) -> Tokens:
    org_id, grant_id, services = call.principal.org_id, row["id"], call.services
    access, refreshing = (
        tokens.mint(prefix, org_id, grant_id, services.entropy) for prefix in (rules.ACCESS, rules.REFRESH)
    )
    store.give_tokens(
        call.tx,
        grant_id,
        access=tokens.digest(access, services.key_pepper),
        until=call.now + rules.ACCESS_LASTS,
        refresh=tokens.digest(refreshing, services.key_pepper),
        now=call.now,
        again=again,
    )
    lasts = int(rules.ACCESS_LASTS.total_seconds())
    return Tokens(access_token=access, refresh_token=refreshing, expires_in=lasts, permissions=list(row["permissions"]))
