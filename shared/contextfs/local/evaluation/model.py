"""The nouns of an evaluation: what can be found, what is asked, and how well each system answered."""

from datetime import datetime
from typing import Literal

import msgspec

Kind = Literal["turn", "title", "symbol"]
Source = Literal["memory", "message"]

LEAST = 10
"""Questions below which a figure says nothing."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A memory or a message. `sessions` are those that it was said in, or learned from; `proofs` messages."""

    id: str
    source: Source
    text: str
    said: datetime
    title: str = ""
    type: str = "message"
    role: str = ""
    kind: str = ""
    sessions: frozenset[str] = frozenset()
    proofs: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question, and the items that answer it; of a turn, what was said `before` it in other sessions than its own."""

    kind: Kind
    query: str
    evidence: tuple[str, ...]
    sources: tuple[Source, ...] = ("memory", "message")
    before: datetime | None = None
    session: str | None = None

    def may_find(self, item: Item) -> bool:
        """Tell whether an item could have been found then."""
        is_known = self.before is None or item.said < self.before
        return is_known and item.source in self.sources and self.session not in item.sessions


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How well questions were answered: the mean share of the evidence among the first k, and of 1 / its first rank."""

    questions: int
    recall: float
    mrr: float


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What one system came to: figures in all and by kind of question, milliseconds, tokens of the first k items."""

    system: str
    all: Figures
    kinds: dict[Kind, Figures]
    p50_ms: float
    p95_ms: float
    tokens: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluation. `full_tokens` is what all that was known would have cost, on average; tokens are estimated."""

    k: int
    seed: int
    items: int
    questions: int
    too_little: bool
    """Fewer questions than say anything."""
    systems: list[Measured]
    full_tokens: int
    fail_below: float | None = None
    passed: bool | None = None
    """Whether recall was not below `fail_below`; None where there is none, or too little to tell."""
    degraded: list[str] = []
