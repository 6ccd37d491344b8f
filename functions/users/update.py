"""Change a member or service account."""

from uuid import UUID

from contextfs.domain.access.people.model import User, UserChange
from contextfs.journeys.enter import people
from contextfs.kit.call import Call


def handle(call: Call, user_id: UUID, body: UserChange) -> User:
    """Change the name, role or reach of a member, or suspend them; this applies to their keys from the next call on."""
    return people.change(call, user_id, body)
