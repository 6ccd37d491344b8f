"""What is kept of a pack, so that it can be asked for later why it was as it was.

The choices are kept, not the texts: what is forgotten is forgotten here, too. `ctx memory show ID --as-of TIME` gives
the text that a memory had then.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.domain.context.model import Decision, Pack, PackCandidate
from contextfs.domain.context.request import ContextRequest
from contextfs.kit import forms
from contextfs.kit.fields import Moment

PackName = Annotated[
    str,
    Meta(
        max_length=36,
        pattern=forms.PACK,
        description="The pack's id, its last twelve digits, as in its text, or `last`.",
    ),
]

_DIGITS = 6


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate of a pack: whether it was handed over, why, and what it was worth.

    `value` is its worth at the time; `terms` are the parts of its relevance. `line` is how it begins today: null if it
    is gone, or may no longer be seen.
    """

    id: UUID
    short_id: str
    source: Literal["memory", "message"]
    session_id: UUID | None
    type: str
    occurred_at: Moment | None
    chosen: bool
    reason: str
    value: float
    tokens: int
    relevance: float
    trust: float
    freshness: float
    pinned: bool
    overtaken: str = ""
    terms: dict[str, float] = {}
    line: str | None = None


class PackRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How a pack was made: first what was handed over, then what was left out, each in the order of decision.

    `task` is without its secrets.
    """

    id: UUID
    project_id: UUID
    created_at: Moment
    task: str
    budget: int
    tokens: int
    types: list[str] | None
    messages: bool
    branch: str | None
    superseded: bool
    as_of: Moment | None = None
    """The time that it looks back to."""
    degraded: list[str]
    choices: list[Choice]

    @property
    def handed(self) -> list[UUID]:
        """The memories that were handed over."""
        return sorted({one.id for one in self.choices if one.chosen and one.source == "memory"})

    def with_lines(self, lines: Mapping[UUID, str]) -> "PackRecord":
        """Give it with how each of its things begins today."""
        told = [msgspec.structs.replace(one, line=lines.get(one.id)) for one in self.choices]
        return msgspec.structs.replace(self, choices=told)


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate's whole id, where it was said, and the parts of its relevance."""

    id: UUID
    session_id: UUID | None = None
    terms: Mapping[str, float] = {}


def record(
    pack_id: UUID,
    wanted: ContextRequest,
    pack: Pack,
    candidates: Mapping[str, PackCandidate],
    things: Mapping[str, Thing],
    *,
    now: Moment,
    task: str,
    degraded: list[str],
) -> PackRecord:
    """Make the record of a pack; candidates and things are given by their short ids, `task` is without secrets."""
    return PackRecord(
        id=pack_id,
        project_id=wanted.project_id,
        created_at=now,
        task=task,
        budget=wanted.budget,
        tokens=pack.tokens,
        types=wanted.types,
        messages=wanted.messages,
        branch=wanted.branch,
        superseded=wanted.superseded,
        as_of=wanted.as_of,
        degraded=degraded,
        choices=list(_choices(pack.decisions, candidates, things)),
    )


def _choices(
    decisions: tuple[Decision, ...], candidates: Mapping[str, PackCandidate], things: Mapping[str, Thing]
) -> Iterator[Choice]:
    for one in decisions:
        candidate, thing = candidates[one.id], things[one.id]
        yield Choice(
            id=thing.id,
            short_id=one.id,
            source="memory" if candidate.speaker is None else "message",
            session_id=thing.session_id,
            type=candidate.type,
            occurred_at=candidate.occurred_at,
            chosen=one.chosen,
            reason=one.reason,
            value=round(one.value, _DIGITS),
            tokens=one.tokens,
            relevance=round(candidate.relevance, _DIGITS),
            trust=candidate.trust,
            freshness=round(candidate.freshness, _DIGITS),
            pinned=candidate.pinned,
            overtaken=candidate.overtaken,
            terms={name: round(value, _DIGITS) for name, value in thing.terms.items()},
        )
