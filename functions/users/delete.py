"""Remove a member or service account."""

from uuid import UUID

from contextfs.journeys.enter import people
from contextfs.kit.call import Call


def handle(call: Call, user_id: UUID) -> None:
    """Remove a member: their keys and open invitations end at once, and what they wrote stays."""
    people.remove(call, user_id)
