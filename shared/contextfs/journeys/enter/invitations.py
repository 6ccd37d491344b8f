"""Invite somebody, and let them in: an invitation is used once, within its time."""

from datetime import timedelta
from uuid import UUID

from contextfs.domain.access import keys
from contextfs.domain.access.invitations import store
from contextfs.domain.access.invitations.model import Invitation, InvitationCreated, Joined, Joining, NewInvitation
from contextfs.domain.access.people import store as people
from contextfs.domain.access.people.model import NewUser
from contextfs.domain.access.roles.store import permissions_of
from contextfs.domain.access.rules import covers
from contextfs.journeys.enter.bounds import require_cover
from contextfs.journeys.enter.keys import mint
from contextfs.journeys.enter.people import check_role
from contextfs.kit.call import Call
from contextfs.kit.errors import Conflict, NotAllowed

_ENDS = "the invitation gives it, and nobody ends one that gives more than they have"


def invite(call: Call, new: NewInvitation) -> InvitationCreated:
    """Invite somebody who is no member yet; the token is theirs to use, and is shown this once."""
    check_role(call, new.role, new.projects)
    if people.page(call.tx, email=new.email, role=None, limit=1, cursor=None).items:
        raise Conflict("Somebody with this address is a member already.", where="$.email")
    invitation_id = call.new_id()
    token = keys.mint_invitation(call.principal.org_id, invitation_id, call.services.entropy)
    values = {
        "org_id": call.principal.org_id,
        "id": invitation_id,
        "email": new.email,
        "role": new.role,
        "projects": new.projects,
        "hash": keys.digest(token, call.services.key_pepper),
        "invited_by": call.principal.user_id,
        "created_by": call.principal.actor_id,
        "now": call.now,
        "expires_at": call.now + timedelta(days=new.days),
    }
    invitation = store.insert(call.tx, values)
    call.emit("user.invited", invitation_id, None, role=new.role)
    return InvitationCreated(invitation=invitation, token=token)


def revoke(call: Call, invitation_id: UUID) -> Invitation:
    """End an invitation that was not used; ending it twice changes nothing."""
    invitation = store.get(call.tx, invitation_id)
    call.note(subject=invitation_id)
    if invitation.revoked_at is not None:
        return invitation
    require_cover(call.principal, permissions_of(call.tx, invitation.role), _ENDS)
    revoked = store.revoke(call.tx, invitation_id, call.now)
    call.emit("invitation.revoked", invitation_id, None)
    return revoked


def accept(call: Call, said: Joining) -> Joined:
    """Become a member by the invitation that opened this call, with a first key."""
    invitation = store.get(call.tx, call.principal.actor_id)
    _check_still_given(call, invitation)
    user_id = call.new_id()
    new = NewUser(email=invitation.email, name=said.name, role=invitation.role, projects=invitation.projects)
    user = people.insert(call.tx, call.principal.org_id, user_id, new, call.now)
    store.accept(call.tx, invitation.id, user_id, call.now)
    first = mint(
        call,
        name="first key",
        role=user.role,
        permissions=permissions_of(call.tx, user.role),
        project_id=None,
        user_id=user_id,
        expires_at=None,
    )
    call.emit("user.joined", user_id, None, role=user.role)
    return Joined(user=user, api_key=first.api_key, secret=first.secret)


def _check_still_given(call: Call, invitation: Invitation) -> None:
    """Stop where who invited may less by now, in whatever way that came: by a group, a directory, a lesser role.

    Who reaches some projects only invites nobody, so that nobody comes in by them after that.
    """
    role = store.inviter_role(call.tx, invitation.id)
    wanted = ("users:write", *permissions_of(call.tx, invitation.role))
    if role is None:
        return
    lacks = covers(permissions_of(call.tx, role), wanted)  # from here on their role stays as it is
    if lacks is not None or not store.inviter_reaches_all(call.tx, invitation.id):
        raise NotAllowed("Who invited you may not give this role any more: ask for a new invitation.")
