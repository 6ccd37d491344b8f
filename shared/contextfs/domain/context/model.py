"""Nouns of a context pack: what may go in, what went in, and why."""

from datetime import datetime

import msgspec


class PackCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A memory or passage that may be handed to a conversation. Relevance, trust and freshness lie in 0..1."""

    id: str
    type: str
    text: str
    title: str = ""
    source: str = ""
    """Where it comes from, in a few words for people: "session 0192 by ana"."""
    occurred_at: datetime | None = None
    relevance: float = 0.0
    near: float | None = None
    """How near its meaning comes to the task, 0..1; None: that was not compared."""
    trust: float = 1.0
    freshness: float = 1.0
    pinned: bool = False
    conflicted: bool = False
    """Two people said different things, and nobody has chosen yet: whoever reads it has to know."""
    overtaken: str = ""
    """That it holds no longer, in a few words for whoever reads it: "superseded on 2026-05-01 by 3b89a72b85e0"."""
    speaker: str | None = None
    """Who said it; None for what nobody said, as a memory. What was said may be cut to the sentences that matter."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about one candidate, and why."""

    id: str
    chosen: bool
    reason: str
    value: float
    """Its worth when it was decided: relevance, trust and freshness, less what the pack said already; 0..1."""
    tokens: int
    """What it added to the pack, or would have added."""


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """The text for a conversation, never over its budget, and how it was put together."""

    text: str
    tokens: int
    budget: int
    items: tuple[PackCandidate, ...]
    """The chosen ones as the text shows them, in the order in which they were chosen."""
    numbers: dict[str, int]
    """Under which number the text shows what was said, by id."""
    decisions: tuple[Decision, ...]
    """One for each candidate: first the chosen ones, then the dropped ones, each in the order of the decision."""
