"""Change a key or a login for an access token; nobody hands out more than they have, and a token hands out nothing."""

from datetime import timedelta

from contextfs.domain.access.rules import covers
from contextfs.domain.access.tokens import rules, store
from contextfs.domain.access.tokens.model import NewToken, TokenCreated
from contextfs.journeys.enter.keys import project_of
from contextfs.kit import tokens
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid, NotAllowed


def create(call: Call, new: NewToken) -> TokenCreated:
    """Make a token of one project with at most the caller's own permissions; it ends with their key or login."""
    principal = call.principal
    beyond = covers(principal.permissions, new.permissions or ())
    if beyond is not None:
        raise NotAllowed(f"A token cannot have {beyond}, which its key does not have itself.")
    project_id = project_of(call, new.project_id)
    if project_id is None:
        raise Invalid("A token is for one project: say which.", where="$.project_id")
    permissions = rules.narrowed(new.permissions, principal.permissions)
    token_id = call.new_id()
    text = tokens.mint(rules.PREFIX, principal.org_id, token_id, call.services.entropy)
    expires_at = call.now + timedelta(minutes=new.minutes)
    by_login = principal.login_id is not None
    store.insert(
        call.tx,
        {
            "org_id": principal.org_id,
            "id": token_id,
            "key_id": None if by_login else principal.actor_id,
            "login_id": principal.login_id,
            "user_id": principal.user_id,
            "project_id": project_id,
            "hash": tokens.digest(text, call.services.key_pepper),
            "permissions": list(permissions),
            "now": call.now,
            "expires_at": expires_at,
        },
    )
    call.note(subject=token_id, project_id=project_id, permissions=list(permissions), minutes=new.minutes)
    return TokenCreated(
        id=token_id, access_token=text, permissions=list(permissions), project_id=project_id, expires_at=expires_at
    )
