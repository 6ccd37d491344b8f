"""Make and end the tokens of directories."""

from uuid import UUID

from contextfs.domain.scim import store
from contextfs.domain.scim.model import PREFIX, NewScimToken, ScimToken, ScimTokenCreated, ScimTokens
from contextfs.kit import tokens
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid, NotAllowed, NotFound
from contextfs.kit.pepper import name_of


def mint(call: Call, new: NewScimToken) -> ScimTokenCreated:
    """Make a token by which a directory tells of the organization's people; its secret is shown this once.

    It makes and changes nobody who may more than who made it, and gives nothing that its maker may not at that time.
    """
    principal, services = call.principal, call.services
    if principal.project_ids is not None:
        raise NotAllowed("A key of one project makes no tokens for the organization's directory.")
    if new.expires_at is not None and new.expires_at <= call.now:
        raise Invalid("expires_at lies in the past: give a time to come, or leave it out.", where="$.expires_at")
    token_id = call.new_id()
    secret = tokens.mint(PREFIX, principal.org_id, token_id, services.entropy)
    values = {
        "org_id": principal.org_id,
        "id": token_id,
        "name": new.name,
        "hash": tokens.digest(secret, services.key_pepper),
        "pepper": name_of(services.key_pepper),
        "hint": secret[-4:],
        "vouched": list(principal.permissions),
        "made_by": principal.user_id,
        "created_by": principal.actor_id,
        "expires_at": new.expires_at,
        "now": call.now,
    }
    made = store.insert_token(call.tx, values)
    call.note(subject=token_id)
    return ScimTokenCreated(scim_token=made, secret=secret, base_url=f"{services.public_url}/scim/v2")


def listed(call: Call) -> ScimTokens:
    """Read the organization's tokens."""
    if call.principal.project_ids is not None:
        raise NotAllowed("A key of one project does not see the organization's directory.")
    return ScimTokens(items=store.tokens(call.tx))


def revoke(call: Call, token_id: UUID) -> ScimToken:
    """End a token at once; ending it twice changes nothing."""
    if call.principal.project_ids is not None:
        raise NotFound("There is no such token, or it is not yours to see.")
    revoked = store.revoke_token(call.tx, token_id, call.now)
    call.note(subject=token_id)
    return revoked
