"""Open, list and end logins."""

from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.access.roles.store import permissions_of
from contextfs.domain.access.rules import allows
from contextfs.domain.logins import rules, store
from contextfs.domain.logins.model import Ended, Login, Method, Myself
from contextfs.domain.sso import rules as sso_rules
from contextfs.domain.sso import store as sso
from contextfs.kit import tokens
from contextfs.kit.call import Call
from contextfs.kit.errors import NotAllowed, NotFound
from contextfs.kit.page import Page

_OWN_KEY = "Sign in with an API key of your own: one that belongs to a person."


def open_login(
    call: Call,
    user_id: UUID,
    method: Method,
    *,
    key_id: UUID | None = None,
    login_id: UUID | None = None,
    until: datetime | None = None,
) -> str:
    """Sign a browser in; gives its cookie, which is new each time: nobody can have planted it."""
    org_id, login_id, services = call.principal.org_id, login_id or call.new_id(), call.services
    text = tokens.mint(rules.PREFIX, org_id, login_id, services.entropy)
    cookie = tokens.Named(org_id, login_id, tokens.digest(text, services.key_pepper))
    agent, now = call.agent, call.now
    store.insert(call.tx, cookie, user_id, method=method, key_id=key_id, agent=agent, now=now, until=until)
    call.note(subject=login_id, method=method, user=str(user_id))
    return text


def open_by_key(call: Call) -> str:
    """Sign in with a person's own API key; gives the cookie. The login ends with the key.

    A login has all that its person may do, so the key must have no less: NotAllowed otherwise.
    """
    if call.principal.login_id is not None:
        raise NotAllowed(_OWN_KEY)
    user_id = check_stands_for_its_person(call)
    sso_rules.check_not_enforced(sso.settings(call.tx), user_id)
    return open_login(call, user_id, "key", key_id=call.principal.actor_id)


def check_stands_for_its_person(call: Call) -> UUID:
    """Give the person that the caller is, or whose key it is that may no less than they do; NotAllowed otherwise."""
    principal = call.principal
    if principal.user_id is None:
        raise NotAllowed(_OWN_KEY)
    if principal.login_id is None:
        theirs = permissions_of(call.tx, store.role_of(call.tx, principal.user_id))
        has_all = all(allows(principal.permissions, permission) for permission in theirs)
        if principal.project_ids is not None or not has_all:
            raise NotAllowed("A key of one project, or of fewer permissions than its person has, signs nobody in.")
    return principal.user_id


def myself(call: Call) -> Myself:
    """Tell the caller who they are, and a page what its requests have to carry."""
    principal = call.principal
    login = principal.login_id
    organization, email = store.names_of(call.tx, principal.user_id)
    return Myself(
        organization_id=principal.org_id,
        organization=organization,
        user_id=principal.user_id,
        email=email,
        actor=principal.actor,
        role=principal.role,
        permissions=list(principal.permissions),
        project_ids=None if principal.project_ids is None else list(principal.project_ids),
        csrf_token=None if login is None else rules.csrf_token(login, call.services.key_pepper),
    )


def mine(call: Call, *, limit: int, cursor: str | None) -> Page[Login]:
    """Read a page of the caller's own logins; the one that asks is marked."""
    _check_whole_person(call)
    page = store.page(call.tx, call.principal.reader_id, now=call.now, limit=limit, cursor=cursor)
    asking = call.principal.login_id
    items = [msgspec.structs.replace(login, current=login.id == asking) for login in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


def end(call: Call, login_id: UUID) -> None:
    """End one of the caller's logins; NotFound when it is not theirs, or they call for one project only."""
    if call.principal.login_id is None and call.principal.project_ids is not None:
        raise NotFound("There is no such login, or it is not yours to see.")
    store.end(call.tx, login_id, call.principal.reader_id, call.now)
    call.note(subject=login_id)


def end_everywhere(call: Call) -> Ended:
    """End all logins of the caller, the one that asks too."""
    _check_whole_person(call)
    ended = store.end_all(call.tx, call.principal.reader_id, call.now)
    call.note(ended=ended)
    return Ended(ended=ended)


def leave(call: Call) -> None:
    """End the login that asks; a caller with a key has none, and nothing happens."""
    if call.principal.login_id is not None:
        end(call, call.principal.login_id)


def _check_whole_person(call: Call) -> None:
    if call.principal.login_id is None and call.principal.project_ids is not None:
        raise NotAllowed("A key of one project does not see where its person is signed in.")
