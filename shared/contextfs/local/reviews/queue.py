"""The queue: what waits for a decision, what is settled, and deciding. Nothing is kept of it but the memories."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from contextfs.domain.memories.revisions import Fields
from contextfs.domain.memories.rules import author_kind
from contextfs.domain.reviews.model import Decided, Decision, Review, ReviewedMemory, ReviewState
from contextfs.journeys.consolidate.decide import changes
from contextfs.journeys.consolidate.duplicates import Closeness
from contextfs.journeys.consolidate.model import Proposal
from contextfs.journeys.consolidate.retire import mark_of
from contextfs.kit.errors import Invalid, NotFound
from contextfs.local.base.memories import fields_in
from contextfs.local.folder import stepping
from contextfs.local.reviews.consolidating import SQL, planned, revise_all, states_for
from contextfs.local.store import LocalStore

_LEAST_DIGITS = 6


class _Asked(NamedTuple):
    id: UUID
    proposal: Proposal
    state: ReviewState


def reviews(store: LocalStore, state: ReviewState = "open", close: Closeness | None = None) -> list[Review]:
    """List what waits for a decision, or what is settled and can be undone."""
    return [_shown(store, one) for one in _asked(store, state, close)]


def find(store: LocalStore, text: str, state: ReviewState, close: Closeness | None = None) -> UUID:
    """Give the review whose id starts or ends with some digits; NotFound when none does, Invalid when several do."""
    digits = text.replace("-", "").lower()
    if len(digits) < _LEAST_DIGITS:
        raise Invalid(f"{text!r} is not an id: give at least {_LEAST_DIGITS} of its first or last digits.")
    found = [
        one.id for one in _asked(store, state, close) if one.id.hex.startswith(digits) or one.id.hex.endswith(digits)
    ]
    if len(found) != 1:
        raise (Invalid if found else NotFound)(
            f"{'Several reviews have' if found else f'No {state} review has'} an id that starts or ends with {text}: "
            "`ctx review` lists them."
        )
    return found[0]


def decide(store: LocalStore, review_id: UUID, decision: Decision, close: Closeness | None = None) -> Decided:
    """Decide a review, or take a settled one back; NotFound when there is none. Files follow."""
    state: ReviewState = "settled" if decision == "undo" else "open"
    asked = next((one for one in _asked(store, state, close) if one.id == review_id), None)
    if asked is None:
        raise NotFound(f"There is no such {state} review: `ctx review` lists them.")
    store.actor()  # asked before others have to wait
    with store.base.transaction():
        proposal = asked.proposal
        states = states_for(store, proposal.memory_id, proposal.other_id)
        if proposal.memory_id not in states or (proposal.other_id is not None and proposal.other_id not in states):
            raise NotFound("A memory of this review is gone: look at the queue once more.")
        changed = revise_all(store, changes(proposal, decision, states, store.now()), author=None)
    stepping.finish(store.base, store.place, changed)
    return Decided(id=review_id, decision=decision, changed=changed)


def _asked(store: LocalStore, state: ReviewState, close: Closeness | None) -> Iterable[_Asked]:
    project_id = store.project_id
    if state == "open":
        return [_Asked(one.id(project_id), one, state) for one in planned(store, close).open]
    marked = [(UUID(row["id"]), mark_of(fields_in(row))) for row in store.base.all(SQL["retired"])]
    found = [it.proposal(memory_id) for memory_id, it in marked if it is not None]
    return [_Asked(one.id(project_id), one, state) for one in found]


def _shown(store: LocalStore, asked: _Asked) -> Review:
    proposal = asked.proposal
    states = states_for(store, proposal.memory_id, proposal.other_id)
    other = None if proposal.other_id is None else states.get(proposal.other_id)
    return Review(
        id=asked.id,
        project_id=store.project_id,
        kind=proposal.kind,
        state=asked.state,
        reason=proposal.reason,
        memory=_brief(proposal.memory_id, states[proposal.memory_id]),
        other=None if other is None or proposal.other_id is None else _brief(proposal.other_id, other),
    )


def _brief(memory_id: UUID, fields: Fields) -> ReviewedMemory:
    return ReviewedMemory(
        id=memory_id,
        type=fields.type,
        title=fields.title,
        content=fields.content,
        author_kind=author_kind(fields),
        visibility=fields.visibility,  # pyright: ignore[reportArgumentType] - checked when it was stored
        sensitivity=fields.sensitivity,  # pyright: ignore[reportArgumentType] - as above
        valid_from=fields.valid_from,
        valid_to=fields.valid_to,
    )
