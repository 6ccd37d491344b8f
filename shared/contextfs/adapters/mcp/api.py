"""A memory that a server keeps, asked by the routes of its API: over the network, or inside of the server itself."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote
from uuid import UUID

from contextfs.adapters.mcp import model, shown
from contextfs.adapters.mcp.model import Hits, Packed, Recalled, Remembered, SessionLine, SessionPart
from contextfs.adapters.mcp.since import since
from contextfs.domain.context.request import ContextReply, ContextRequest
from contextfs.domain.memories.model import Memory, MemoryWritten, NewMemory
from contextfs.domain.memories.rules import canonical_type
from contextfs.domain.projects.model import Project
from contextfs.domain.search.model import SearchReply, SearchRequest
from contextfs.domain.sessions.model import Message, Session
from contextfs.kit.errors import Invalid, NotFound
from contextfs.kit.page import Page

T = TypeVar("T")

_PAGE: Final = 200
_SHOWN: Final = 20
_MOST_LOOKED_AT: Final = 5000


class Api(Protocol):
    """Calls a route, and gives its reply as a noun; errors are those of `contextfs.kit.errors`."""

    def __call__(
        self,
        method: str,
        path: str,
        reply: type[T],
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> T:
        """Call `path` with parameters or a noun."""
        ...


class _Thing(Protocol):
    @property
    def id(self) -> UUID: ...


Kept = TypeVar("Kept", bound=_Thing)


class ServerSource:
    """Answers the tools from a server, in one project: the given one, or the only one that the key sees.

    `named_by` says how a user names the project.
    """

    def __init__(self, api: Api, *, project_id: UUID | None, now: Callable[[], datetime], named_by: str) -> None:
        self._api = api
        self._project_id = project_id
        self._named_by = named_by
        self._now = now

    def search(self, wanted: model.Search) -> Hits:
        """Find memories and messages, best first."""
        asked = SearchRequest(
            query=wanted.query,
            project_ids=[self._project()],
            sources=[wanted.source] if wanted.source else None,
            types=[canonical_type(wanted.type)] if wanted.type else None,
            tags=[wanted.tag] if wanted.tag else None,
            branch=wanted.branch,
            since=since(wanted.since, self._now()),
            until=since(wanted.until, self._now(), "until"),
            visibility=wanted.visibility,
            sensitivity=wanted.sensitivity,
            superseded=wanted.superseded,
            as_of=since(wanted.as_of, self._now(), "as_of"),
            limit=wanted.limit,
        )
        return shown.hits(self._api("POST", "/v1/search/hybrid", SearchReply, body=asked))

    def remember(self, wanted: model.Remember) -> Remembered:
        """Store a memory, as the assistant's: people's and repositories' words are trusted more."""
        new = NewMemory(
            project_id=self._project(),
            content=wanted.content,
            type=wanted.type,
            title=wanted.title,
            tags=wanted.tags,
            author_kind="assistant",
        )
        done = self._api("POST", "/v1/memories", MemoryWritten, body=new)
        return Remembered(
            id=done.memory.id,
            type=done.memory.type,
            stored=bool(done.receipt.stored),
            redacted=done.receipt.redacted,
        )

    def recall(self, memory_id: str) -> Recalled:
        """Give a memory whole."""
        whole = _whole(memory_id, lambda: self._each("/v1/memories", Page[Memory], superseded=True), "memory")
        return _recalled(self._api("GET", f"/v1/memories/{quote(whole, safe='')}", Memory))

    def recent(self, limit: int) -> list[Recalled]:
        """List memories, newest first."""
        return [_recalled(one) for one in islice(self._each("/v1/memories", Page[Memory], size=limit), limit)]

    def list_sessions(self, wanted: model.ListSessions) -> list[SessionLine]:
        """List conversations, newest first."""
        asked = {"tool": wanted.tool, "branch": wanted.branch, "since": since(wanted.since, self._now())}
        found = self._each("/v1/sessions", Page[Session], size=wanted.limit, **asked)
        return [shown.session(one) for one in islice(found, wanted.limit)]

    def get_session(self, wanted: model.GetSession) -> SessionPart:
        """Give a conversation, and some of its messages."""
        whole = _whole(wanted.id, lambda: self._each("/v1/sessions", Page[Session]), "session")
        path = f"/v1/sessions/{quote(whole, safe='')}"
        session = self._api("GET", path, Session)
        return shown.part(session, self._pages(f"{path}/messages", Page[Message], size=_PAGE), wanted)

    def context(self, wanted: model.Context) -> Packed:
        """Pack what matters for a task into a budget of tokens."""
        asked = ContextRequest(
            project_id=self._project(),
            task=wanted.task,
            budget=wanted.budget,
            branch=wanted.branch,
            as_of=since(wanted.as_of, self._now(), "as_of"),
        )
        return shown.packed(self._api("POST", "/v1/context", ContextReply, body=asked))

    def _project(self) -> UUID:
        if self._project_id is None:
            found = self._api("GET", "/v1/projects", Page[Project], query={"limit": _SHOWN}).items
            if len(found) != 1:
                seen = ", ".join(f"{one.name} ({one.id})" for one in found) or "none"
                raise Invalid(
                    f"Which project is meant is not known; the key sees {seen}. The user names one by {self._named_by}."
                )
            self._project_id = found[0].id
        return self._project_id

    def _each(self, path: str, kind: type[Page[Kept]], *, size: int = _PAGE, **filters: Any) -> Iterator[Kept]:
        return self._pages(path, kind, size=size, project_id=self._project(), **filters)

    def _pages(self, path: str, kind: type[Page[Kept]], *, size: int, **filters: Any) -> Iterator[Kept]:
        cursor: str | None = None
        while True:
            query = {**filters, "limit": min(size, _PAGE), "cursor": cursor}
            page = self._api("GET", path, kind, query=query)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return


def _fits(one: UUID, digits: str) -> bool:
    return one.hex.endswith(digits) or one.hex.startswith(digits)


def _whole(text: str, things: Callable[[], Iterator[Kept]], noun: str) -> str:
    """Give a whole id for a part of one, among the newest things; a whole one is taken as it is."""
    try:
        return str(UUID(text))
    except ValueError:
        digits = text.replace("-", "").lower()
    if not set(digits) <= set("0123456789abcdef"):
        raise Invalid(f"{text!r} is not an id.")
    found = [one.id for one in islice(things(), _MOST_LOOKED_AT) if _fits(one.id, digits)]
    if not found:
        raise NotFound(f"There is no {noun} {text}.")
    if len(found) > 1:
        raise Invalid(f"{len(found)} ids start or end with {text}: give more digits.")
    return str(found[0])


def _recalled(one: Memory) -> Recalled:
    return Recalled(
        id=one.id,
        type=one.type,
        title=one.title,
        content=one.content,
        tags=one.tags,
        author=one.author_kind,
        updated_at=one.updated_at,
        others=[body for body in one.bodies if body != one.content] if one.conflicted else [],
        overtaken=str(one.overtaken or ""),
    )
