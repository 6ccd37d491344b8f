"""Read one custom role."""

from uuid import UUID

from contextfs.domain.access.roles import store
from contextfs.domain.access.roles.model import CustomRole
from contextfs.kit.call import Call


def handle(call: Call, role_id: UUID) -> CustomRole:
    """Read one custom role."""
    return store.get(call.tx, role_id)
