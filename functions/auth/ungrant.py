"""Take a grant back."""

from uuid import UUID

from contextfs.journeys.signin import grants
from contextfs.kit.call import Call


def handle(call: Call, grant_id: UUID) -> None:
    """Let a program act for the caller no more: its tokens open nothing from now on."""
    grants.end(call, grant_id)
