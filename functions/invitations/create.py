"""Invite somebody."""

from contextfs.domain.access.invitations.model import InvitationCreated, NewInvitation
from contextfs.journeys.enter import invitations
from contextfs.kit.call import Call


def handle(call: Call, body: NewInvitation) -> InvitationCreated:
    """Invite somebody by their address; give them the token, which is shown only once and works once."""
    return invitations.invite(call, body)
