"""The queue on a server: what waits, what is settled, and deciding."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from contextfs.domain.memories import retiring
from contextfs.domain.reviews import store
from contextfs.domain.reviews.model import Decided, Decision, Review, ReviewedMemory, ReviewState
from contextfs.journeys.consolidate.decide import changes
from contextfs.journeys.consolidate.held import bring, states
from contextfs.journeys.consolidate.model import Proposal
from contextfs.journeys.consolidate.retire import mark_in
from contextfs.kit.call import Call
from contextfs.kit.errors import NotFound
from contextfs.kit.page import Page, Position, cut

_ABSENT = "There is no such review, or it is not yours to see: it may have been decided by somebody else."
_MOST_AT_ONCE = 200


class _Found(NamedTuple):
    review: Review
    at: Position


def page(call: Call, project_id: UUID | None, state: ReviewState, *, limit: int, cursor: str | None) -> Page[Review]:
    """Read a page of what waits for a decision, or of what is settled and can be undone; the latest first."""
    if state == "open":
        rows = [
            (_proposal_of(one), one.project_id, Position(one.created_at, one.id))
            for one in store.page(call.tx, project_id, limit=limit, cursor=cursor)
        ]
        name = store.LIST
    else:
        rows = [
            (mark.proposal(one.id), one.project_id, Position(one.updated_at, one.id))
            for one in retiring.retired(call.tx, project_id, limit=limit, cursor=cursor)
            if (mark := mark_in(one.metadata)) is not None
        ]
        name = retiring.RETIRED_LIST
    found = cut(_shown(call, rows, state), limit, lambda one: one.at, name)
    return Page(items=[one.review for one in found.items], next_cursor=found.next_cursor)


def decide(call: Call, review_id: UUID, decision: Decision) -> Decided:
    """Decide a review, or take a settled one back; NotFound where there is none to see."""
    proposal, project_id = _settled(call, review_id) if decision == "undo" else _open(call, review_id)
    held = states(call, project_id, proposal)
    named = [name for name in (proposal.memory_id, proposal.other_id) if name is not None]
    if decision != "undo" and any(name not in held or held[name].deleted for name in named):
        raise NotFound("A memory of this review was deleted meanwhile: there is nothing left to decide.")
    changed = bring(call, changes(proposal, decision, held, call.now))
    call.note(subject=review_id, project_id=project_id, decision=decision, memories=len(changed))
    return Decided(id=review_id, decision=decision, changed=changed)


def _open(call: Call, review_id: UUID) -> tuple[Proposal, UUID]:
    waiting = store.take(call.tx, review_id)
    if waiting is None:
        raise NotFound(_ABSENT)
    return _proposal_of(waiting), waiting.project_id


def _settled(call: Call, review_id: UUID) -> tuple[Proposal, UUID]:
    """Find what was retired by a review; its id follows from what was proposed."""
    cursor: str | None = None
    while True:
        some = retiring.retired(call.tx, None, limit=_MOST_AT_ONCE, cursor=cursor)
        for one in some:
            mark = mark_in(one.metadata)
            if mark is not None and mark.proposal(one.id).id(one.project_id) == review_id:
                return mark.proposal(one.id), one.project_id
        place = cut(some, _MOST_AT_ONCE, lambda one: Position(one.updated_at, one.id), retiring.RETIRED_LIST)
        if place.next_cursor is None:
            raise NotFound(_ABSENT)
        cursor = place.next_cursor


def _proposal_of(one: store.Waiting) -> Proposal:
    return Proposal(kind=one.kind, memory_id=one.memory_id, other_id=one.other_id, reason=one.reason)


def _shown(call: Call, rows: Iterable[tuple[Proposal, UUID, Position]], state: ReviewState) -> list[_Found]:
    rows = list(rows)
    ids = {name for proposal, _, _ in rows for name in (proposal.memory_id, proposal.other_id) if name is not None}
    told = {name: ReviewedMemory(**row) for name, row in retiring.briefs(call.tx, ids).items()}
    return [
        _Found(
            Review(
                id=proposal.id(project_id),
                project_id=project_id,
                kind=proposal.kind,
                state=state,
                reason=proposal.reason,
                memory=told[proposal.memory_id],
                other=told.get(proposal.other_id) if proposal.other_id else None,
            ),
            place,
        )
        for proposal, project_id, place in rows
        if proposal.memory_id in told
    ]
