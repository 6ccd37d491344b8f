"""End a grant."""

from uuid import UUID

from contextfs.journeys.signin import grants
from contextfs.kit.call import Call


def handle(call: Call, grant_id: UUID) -> None:
    """Stop a program from acting for the caller: its tokens stop working."""
    grants.end(call, grant_id)
