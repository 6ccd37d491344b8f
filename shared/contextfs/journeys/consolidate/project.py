"""Consolidate a project on a server, as one reader sees it: do what is sure, let the rest wait."""

from collections.abc import Mapping
from uuid import UUID

from contextfs.domain.context import store as packs
from contextfs.domain.memories import retiring
from contextfs.domain.memories.rules import LEARNED_BY, LEARNER
from contextfs.domain.reviews import store as reviews
from contextfs.domain.reviews.store import Asked
from contextfs.journeys.consolidate.held import bring, states
from contextfs.journeys.consolidate.model import Known, Plan, Proposal
from contextfs.journeys.consolidate.plan import plan
from contextfs.journeys.consolidate.recall import Recalls, from_day
from contextfs.journeys.consolidate.retire import apart, followed
from contextfs.kit.call import Call


def consolidate(call: Call, project_id: UUID) -> int:
    """Do what is sure and bring the queue up to date; gives how many memories were retired.

    What was changed since it was read is left for the next time, which that change has asked for.
    """
    known = memories(call, project_id)
    found = plan(known, call.now)
    by_id = {one.id: one for one in known}
    done = [one for one in found.sure if _follow(call, project_id, one, by_id)]
    reviews.ask(call.tx, project_id, [_asked(call, project_id, one, by_id) for one in _still(found, done)])
    return len(done)


def memories(call: Call, project_id: UUID) -> list[Known]:
    """Read all memories of a project as consolidation sees them."""
    held: dict[UUID, set[UUID]] = {}
    for memory_id, other_id in retiring.parted(call.tx, project_id, LEARNER):
        held.setdefault(memory_id, set()).update(_ids(other_id))
    recalls = Recalls(
        last=packs.recalled(call.tx, project_id), **packs.use(call.tx, project_id, from_day(call.now))._asdict()
    )
    return [
        Known(
            id=one.id,
            fields=one.fields,
            owner=str(one.author_id),
            author_kind=one.author_kind,
            written=one.edited or LEARNED_BY not in one.fields.metadata,
            created_at=one.created_at,
            apart=apart(one.fields) | frozenset(held.get(one.id, ())),
            recalled_at=recalls.of(one.id),
            changed_at=one.updated_at,
        )
        for one in retiring.present(call.tx, project_id, LEARNER)
    ]


def _follow(call: Call, project_id: UUID, proposal: Proposal, known: Mapping[UUID, Known]) -> bool:
    held = states(call, project_id, proposal)
    for name in (proposal.memory_id, proposal.other_id):
        if name is not None and (name not in held or held[name].content != known[name].fields.content):
            return False
    if any(held[name].deleted for name in (proposal.memory_id, proposal.other_id) if name is not None):
        return False
    return bool(bring(call, followed(proposal, held, call.now)))


def _still(found: Plan, done: list[Proposal]) -> list[Proposal]:
    """Give what is to be asked; what was sure and could not be done comes again."""
    gone = {one.memory_id for one in done}
    return [one for one in found.open if gone.isdisjoint({one.memory_id, one.other_id})]


def _asked(call: Call, project_id: UUID, proposal: Proposal, known: Mapping[UUID, Known]) -> Asked:
    """Make the row of a proposal: it is for those who see all that it is about."""
    about = [known[name] for name in (proposal.memory_id, proposal.other_id) if name is not None]
    private = [one for one in about if one.fields.visibility == "private"]
    return Asked(
        org_id=call.principal.org_id,
        project_id=project_id,
        id=proposal.id(project_id),
        kind=proposal.kind,
        memory_id=proposal.memory_id,
        other_id=proposal.other_id,
        reason=proposal.reason,
        visibility="private" if private else about[0].fields.visibility,
        author_id=UUID((private or about)[0].owner),
        created_at=call.now,
    )


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []
