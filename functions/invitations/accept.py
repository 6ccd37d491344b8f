"""Accept an invitation."""

from contextfs.domain.access.invitations.model import Joined, Joining
from contextfs.journeys.enter import invitations
from contextfs.kit.call import Call


def handle(call: Call, body: Joining) -> Joined:
    """Become a member with the invitation sent as the bearer token; the first key is shown only once."""
    return invitations.accept(call, body)
