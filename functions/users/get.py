"""Read one member or service account."""

from uuid import UUID

from contextfs.domain.access.people import store
from contextfs.domain.access.people.model import User
from contextfs.kit.call import Call


def handle(call: Call, user_id: UUID) -> User:
    """Read one member or service account."""
    return store.get(call.tx, user_id)
