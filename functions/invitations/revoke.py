"""Revoke an invitation."""

from uuid import UUID

from contextfs.domain.access.invitations.model import Invitation
from contextfs.journeys.enter import invitations
from contextfs.kit.call import Call


def handle(call: Call, invitation_id: UUID) -> Invitation:
    """End an unused invitation: its token stops working."""
    return invitations.revoke(call, invitation_id)
