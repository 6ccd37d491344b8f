"""What a proposal is about, held and brought to other states: what decides loads nothing that proposes."""

from collections.abc import Mapping
from uuid import UUID

from contextfs.domain.memories import bulk, retiring
from contextfs.domain.memories.revisions import Fields
from contextfs.domain.memories.view import view
from contextfs.journeys.consolidate.model import Proposal
from contextfs.journeys.remember.memories import revise
from contextfs.kit.call import Call


def states(call: Call, project_id: UUID, proposal: Proposal) -> dict[UUID, Fields]:
    """Hold what a proposal is about, and all that is retired for its other memory; gives their states."""
    others = () if proposal.other_id is None else retiring.retired_for(call.tx, project_id, [proposal.other_id])
    named = [name for name in (proposal.memory_id, proposal.other_id, *others) if name is not None]
    return {memory_id: view(held.revisions).fields for memory_id, held in bulk.hold(call.tx, project_id, named).items()}


def bring(call: Call, changed: Mapping[UUID, Fields]) -> list[UUID]:
    """Bring memories that are held to states; gives those that were not there yet."""
    return [memory_id for memory_id, fields in changed.items() if revise(call, memory_id, fields)]
