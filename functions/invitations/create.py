"""Invite somebody."""

from contextfs.domain.access.invitations.model import InvitationCreated, NewInvitation
from contextfs.journeys.enter import invitations
from contextfs.kit.call import Call


def handle(call: Call, body: NewInvitation) -> InvitationCreated:
    """Invite somebody by their address; hand them the token, which is shown this once and opens once."""
    return invitations.invite(call, body)
