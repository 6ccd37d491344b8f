"""Change a custom role."""

from uuid import UUID

from contextfs.domain.access.roles.model import CustomRole, RoleChange
from contextfs.journeys.enter import roles
from contextfs.kit.call import Call


def handle(call: Call, role_id: UUID, body: RoleChange) -> CustomRole:
    """Change what a role allows; this applies to everybody who has it, from their next call on."""
    return roles.change(call, role_id, body)
