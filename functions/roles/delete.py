"""Delete a custom role."""

from uuid import UUID

from contextfs.journeys.enter import roles
from contextfs.kit.call import Call


def handle(call: Call, role_id: UUID) -> None:
    """Delete a role that no member has; open invitations to it end."""
    roles.delete(call, role_id)
