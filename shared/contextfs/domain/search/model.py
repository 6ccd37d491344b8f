"""The nouns of search, as callers see them."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contextfs.domain.search.facets import Facet
from contextfs.domain.search.fusion import Explanation
from contextfs.kit.fields import AsOf, Moment, Sensitivities, Visibilities, Word
from contextfs.kit.overtaken import Overtaken, Superseded

Source = Literal["memory", "message"]
Text = Annotated[str, Meta(min_length=1, max_length=10_000)]
Words = Annotated[list[Word], Meta(max_length=64)]


class SearchRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to look for and where. Filters narrow; `min_relevance` cuts off, on a scale that is the same everywhere.

    `explain` asks how each score came about, `facets` how many results have each type, tag, tool, …
    """

    query: Text
    project_ids: Annotated[list[UUID], Meta(max_length=200)] | None = None
    sources: Annotated[list[Source], Meta(max_length=2)] | None = None
    types: Words | None = None
    tags: Words | None = None
    author: UUID | None = None
    tools: Words | None = None
    branch: Annotated[str, Meta(max_length=1000)] | None = None
    since: Moment | None = None
    until: Moment | None = None
    visibility: Visibilities | None = None
    sensitivity: Sensitivities | None = None
    superseded: Superseded = False
    as_of: AsOf | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 10
    min_relevance: Annotated[float, Meta(ge=0, le=1)] = 0.0
    explain: bool = False
    facets: bool = False


class PathStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the path to a hit: a node (`memory:<id>`, `file:src/a.py`), and the relation that led to it.

    The first one was `named` in the question, or `found` by the search.
    """

    node: str
    name: str
    by: str


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A result that says the same as a hit, and was left out for it."""

    source: Source
    id: UUID


class SearchHit(msgspec.Struct, frozen=True, kw_only=True):
    """One result in short: its id, a snippet and where it is; another call reads the whole.

    `overtaken`: the memory no longer holds; `conflicted`: it has several texts, and none is settled.
    """

    source: Source
    id: UUID
    project_id: UUID
    session_id: UUID | None
    type: str
    context: str
    snippet: str
    starts: int
    ends: int
    tags: list[str]
    tool: str | None
    branch: str | None
    occurred_at: Moment
    score: float
    relevance: float
    copies: int = 0
    """How many more say the same; `similar` names them, best first."""
    similar: list[Similar] = []
    overtaken: Overtaken | None = None
    conflicted: bool = False
    explanation: Explanation | None = None
    paths: list[list[PathStep]] | None = None
    """Of a search over the graph: the strongest ways by which the walk came to it."""


class VectorsUsed(msgspec.Struct, frozen=True, kw_only=True):
    """Which vectors a search used, and how: all of them (`exact`), or those that a graph proposed (`graph`)."""

    model: str
    dimensions: int
    way: Literal["exact", "graph", "none"]


class SearchReply(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, best first. `degraded` names the legs that could not take part, and why.

    `notes` tell why nothing was found, and what search had to do.
    """

    hits: list[SearchHit]
    degraded: list[str] = []
    notes: list[str] = []
    vectors: VectorsUsed | None = None
    """Told where `explain` is asked for and meanings were compared."""
    facets: dict[str, list[Facet]] | None = None
    """Told where they are asked for: of all that was found, of which `hits` are the best."""
