"""Search: `client.search`."""

from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

import msgspec

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport
from contextfs.client.login.address import Id, as_uuid
from contextfs.domain.memories.model import Memory
from contextfs.domain.memories.query import Query
from contextfs.domain.search.model import SearchReply, SearchRequest, Source
from contextfs.kit.fields import Sensitivity, Visibility
from contextfs.kit.page import Page


class SearchFields(TypedDict, total=False):
    """Where to search and what to show. `min_relevance` (0..1) drops weaker hits; `explain` shows how scores are made.

    `facets` counts the hits by type, tag, tool and so on.
    """

    project_ids: list[UUID] | None
    sources: list[Source] | None
    types: list[str] | None
    tags: list[str] | None
    author: UUID | None
    tools: list[str] | None
    branch: str | None
    since: datetime | None
    until: datetime | None
    visibility: list[Visibility] | None
    sensitivity: list[Sensitivity] | None
    superseded: bool
    as_of: datetime | None
    limit: int
    min_relevance: float
    explain: bool
    facets: bool


class QueryFields(TypedDict, total=False):
    """Conditions that must all hold."""

    type: str | None
    tags: list[str] | None
    author: UUID | None
    session_id: UUID | None
    since: datetime | None
    until: datetime | None
    conflicted: bool | None
    metadata: dict[str, Any]
    visibility: list[Visibility] | None
    sensitivity: list[Sensitivity] | None
    superseded: bool
    as_of: datetime | None


class Search:
    """Finds memories and messages."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def hybrid(self, query: str, **fields: Unpack[SearchFields]) -> SearchReply:
        """Find memories and messages by meaning and by words, in one calibrated order.

        The reply's `degraded` names what could not take part; the rest has answered.
        """
        body = SearchRequest(query=query, **fields)
        return self._transport.call("POST", "/v1/search/hybrid", SearchReply, body=body)

    def semantic(self, query: str, **fields: Unpack[SearchFields]) -> SearchReply:
        """Find memories and messages by meaning; without a model, by words, and `degraded` says so."""
        body = SearchRequest(query=query, **fields)
        return self._transport.call("POST", "/v1/search", SearchReply, body=body)

    def graph(self, query: str, **fields: Unpack[SearchFields]) -> SearchReply:
        """Find as `hybrid` does, and add what a walk over the graph of entities reaches from there.

        Each hit's `paths` show the entities and memories by which the walk reached it.
        """
        body = SearchRequest(query=query, **fields)
        return self._transport.call("POST", "/v1/search/graph", SearchReply, body=body)

    def query(
        self, *, project_id: Id | None = None, page_size: int = 50, **conditions: Unpack[QueryFields]
    ) -> Listing[Memory]:
        """Return the memories that meet every condition, newest first.

        `metadata` maps dotted paths to values: `{"build.tool": "uv"}`. With `as_of`, as they were known at that time.
        """
        project = None if project_id is None else as_uuid(project_id, "project_id")
        body = Query(project_id=project, limit=page_size, **conditions)
        return Listing(
            lambda cursor: self._transport.call(
                "POST", "/v1/query", Page[Memory], body=msgspec.structs.replace(body, cursor=cursor)
            )
        )
