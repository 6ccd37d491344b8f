"""What a person's decision on a review does to memories: pure, and the same on a laptop and on a server."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from contextfs.domain.memories.revisions import Fields
from contextfs.domain.reviews.model import Decision
from contextfs.journeys.consolidate.model import Proposal
from contextfs.journeys.consolidate.retire import followed, kept_apart, taken_back


def changes(proposal: Proposal, decision: Decision, states: Mapping[UUID, Fields], now: datetime) -> dict[UUID, Fields]:
    """Give the states that memories have once it is decided; `states` are those that `followed` asks for."""
    if decision == "accept":
        return followed(proposal, states, now)
    if decision == "undo":
        return taken_back(proposal.memory_id, states)
    if decision == "reject" and proposal.kind == "contradiction" and proposal.other_id is not None:
        turned = Proposal(
            kind=proposal.kind, memory_id=proposal.other_id, other_id=proposal.memory_id, reason=proposal.reason
        )
        return followed(turned, states, now)
    return {proposal.memory_id: kept_apart(states[proposal.memory_id], proposal.other_id)}
