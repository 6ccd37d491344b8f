"""Decay: how fast what is known grows stale, as a half-life for each type. One table, for search and for packs.

Decay never forgets. In search, freshness only decides among results that are equally relevant; in a pack it takes a
tenth of the worth at the most. As a factor of the score it forgets: measured on labelled conversations, recall@10 of
0.73 falls to 0.66 with a half-life as long as the conversation, and to 0.35 with a quarter of that.
"""

from collections.abc import Mapping
from datetime import datetime
from math import inf
from types import MappingProxyType

HALF_LIVES: Mapping[str, float] = MappingProxyType(
    {
        "episodic": 30.0,
        "message": 180.0,
        "fact": 180.0,
        "procedural": 180.0,
        "user": inf,
        "decision": inf,
    }
)
"""Days after which the freshness of a type has halved; of preferences and decisions it does not fall."""

HALF_LIFE = 180.0
"""The same for any other type."""

_DAY = 86_400.0


def half_life(kind: str) -> float:
    """Give the half-life of a type, in days; infinite where it does not fall."""
    return HALF_LIVES.get(kind, HALF_LIFE)


def freshness(occurred_at: datetime | None, *, now: datetime, half_life: float) -> float:
    """Give 0..1: 1 for now or later, halved every `half_life` days; 0 without a date."""
    if occurred_at is None:
        return 0.0
    age = max(0.0, (now - occurred_at).total_seconds() / _DAY)
    return 0.5 ** (age / half_life)
