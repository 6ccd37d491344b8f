"""Create a custom role."""

from contextfs.domain.access.roles.model import CustomRole, NewRole
from contextfs.journeys.enter import roles
from contextfs.kit.call import Call


def handle(call: Call, body: NewRole) -> CustomRole:
    """Create a role with at most the caller's own permissions."""
    return roles.create(call, body)
