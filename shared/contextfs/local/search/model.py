"""The nouns of local search, as commands and hooks see them."""

from datetime import datetime
from typing import Literal

import msgspec

from contextfs.domain.search.model import SearchReply, Source
from contextfs.kit.errors import Invalid
from contextfs.kit.fields import Sensitivity, Visibility

LONGEST = 10_000
"""Characters that a query may have."""

Mode = Literal["hybrid", "lexical", "semantic", "graph"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for in this store, and where; filters that are None do not matter."""

    query: str
    mode: Mode = "hybrid"
    sources: list[Source] | None = None
    types: list[str] | None = None
    tags: list[str] | None = None
    author: str | None = None
    tools: list[str] | None = None
    branch: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    visibility: list[Visibility] | None = None
    sensitivity: list[Sensitivity] | None = None
    superseded: bool = False
    """Also what holds no longer."""
    as_of: datetime | None = None
    """What was known at this time: without what came after, with what was deleted since."""
    limit: int = 10
    min_relevance: float = 0.0
    explain: bool = False
    facets: bool = False
    """Count all that was found by what it is."""

    def __post_init__(self) -> None:
        """Refuse a query that says nothing, or more than a query can."""
        if not self.query.strip():
            raise Invalid("The query is empty: say in your own words what to look for.")
        if len(self.query) > LONGEST:
            raise Invalid(f"The query has {len(self.query):,} characters: {LONGEST:,} are the most; say it shorter.")


class LocalReply(SearchReply, frozen=True, kw_only=True):
    """What was found, best first, and in how much it was looked for.

    `degraded` names what could not take part, and why; `notes` why nothing was found, and what search had to do.
    """

    memories: int | None = None
    messages: int | None = None


class Reindexed(msgspec.Struct, frozen=True, kw_only=True):
    """What making the index anew came to."""

    memories: int
    sessions: int
    passages: int
    embedded: int
    waiting: int
    """Passages that have no vector yet."""
    resumed: bool
    """It went on where an interrupted one had stopped."""
    degraded: list[str] = []
