"""The nouns of the review queue, as callers see them."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.kit.fields import Moment, Sensitivity, Visibility

ReviewKind = Annotated[
    Literal["duplicate", "contradiction", "stale", "left_behind"],
    Meta(
        description="It says the same as another, it was said otherwise later, nobody asks for it, or all that taught "
        "it was taken back: the last one never waits."
    ),
]
ReviewState = Annotated[Literal["open", "settled"], Meta(description="It waits for a person, or is settled.")]
Decision = Annotated[
    Literal["accept", "reject", "keep_both", "undo"],
    Meta(
        description="`accept`: retire the memory for the other one. `reject`: of a contradiction, retire the other one "
        "instead; else keep both. `keep_both`: never ask again. `undo`: take a settled one back."
    ),
]


class ReviewedMemory(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed to judge a memory."""

    id: UUID
    type: str
    title: str | None
    content: str
    author_kind: str
    visibility: Visibility
    sensitivity: Sensitivity | None
    valid_from: Moment | None
    valid_to: Moment | None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A question about a memory: should it be retired, and for which other one."""

    id: UUID
    project_id: UUID
    kind: ReviewKind
    state: ReviewState
    reason: str
    memory: ReviewedMemory
    other: ReviewedMemory | None


class Decide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a review is decided."""

    decision: Decision


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision changed: the ids of the memories that have a new revision."""

    id: UUID
    decision: Decision
    changed: list[UUID]
