"""The memory of a folder's own store: no server, no network. It is opened for each call, so that many work at once."""

from collections.abc import Callable
from threading import Lock

from clients.cli.here import index
from clients.cli.here.background import after_a_change
from clients.cli.here.memory import checked
from clients.cli.here.store import now, opened
from contextfs.adapters.mcp import model, shown
from contextfs.adapters.mcp.model import Hits, Packed, Recalled, Remembered, SessionLine, SessionPart
from contextfs.adapters.mcp.since import since
from contextfs.domain.context.request import ContextRequest
from contextfs.domain.memories.model import NewMemory
from contextfs.kit.ports import Embedder
from contextfs.local import config
from contextfs.local.model import LocalMemory, MemoryQuery
from contextfs.local.place import Place
from contextfs.local.search.index import LocalIndex
from contextfs.local.search.model import Wanted
from contextfs.local.search.packing import pack
from contextfs.local.sessions.store import LocalSessions, SessionQuery


class LocalSource:
    """Answers the tools from the store of a place. The embedding model is loaded once, for all calls."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._lock = Lock()
        self._model: Embedder | None = None

    def search(self, wanted: model.Search) -> Hits:
        """Find memories and messages, best first."""
        asked = Wanted(
            query=wanted.query,
            sources=[wanted.source] if wanted.source else None,
            types=[wanted.type] if wanted.type else None,
            tags=[wanted.tag] if wanted.tag else None,
            branch=wanted.branch,
            since=since(wanted.since, now()),
            until=since(wanted.until, now(), "until"),
            visibility=wanted.visibility,
            sensitivity=wanted.sensitivity,
            superseded=wanted.superseded,
            as_of=since(wanted.as_of, now(), "as_of"),
            limit=wanted.limit,
        )
        with index.opened(self._place) as found:
            return shown.hits(self._with_model(found).search(asked))

    def remember(self, wanted: model.Remember) -> Remembered:
        """Store a memory."""
        with opened(self._place, look=False) as store:
            new = NewMemory(
                project_id=store.project_id,
                content=wanted.content,
                type=wanted.type,
                title=wanted.title,
                tags=wanted.tags,
                author_kind="assistant",
            )
            done = store.add(checked(new))
        after_a_change(self._place)
        return Remembered(id=done.memory.id, type=done.memory.type, stored=done.stored, redacted=done.redacted)

    def recall(self, memory_id: str) -> Recalled:
        """Give a memory whole."""
        with opened(self._place) as store:
            return _recalled(store.get(store.find(memory_id)))

    def recent(self, limit: int) -> list[Recalled]:
        """List memories, newest first."""
        with opened(self._place) as store:
            return [_recalled(one) for one in store.page(MemoryQuery(limit=limit))]

    def list_sessions(self, wanted: model.ListSessions) -> list[SessionLine]:
        """List conversations, newest first."""
        query = SessionQuery(
            tool=wanted.tool, branch=wanted.branch, since=since(wanted.since, now()), limit=wanted.limit
        )
        with opened(self._place, look=False) as store:
            return [shown.session(one) for one in LocalSessions(store).page(query)]

    def get_session(self, wanted: model.GetSession) -> SessionPart:
        """Give a conversation, and some of its messages."""
        with opened(self._place, look=False) as store:
            sessions = LocalSessions(store)
            session = sessions.get(sessions.find(wanted.id))
            return shown.part(session, sessions.messages(session.id), wanted)

    def context(self, wanted: model.Context) -> Packed:
        """Pack what matters for a task into a budget of tokens."""
        project = config.read(self._place.config).project.id
        request = ContextRequest(
            project_id=project,
            task=wanted.task,
            budget=wanted.budget,
            branch=wanted.branch,
            as_of=since(wanted.as_of, now(), "as_of"),
        )
        with index.opened(self._place) as found:
            return shown.packed(pack(self._with_model(found), request, now=now()))

    def _with_model(self, found: LocalIndex) -> LocalIndex:
        found.embedder = self._remembered(found.embedder)
        return found

    def _remembered(self, load: Callable[[], Embedder | None]) -> Callable[[], Embedder | None]:
        def loaded() -> Embedder | None:
            with self._lock:
                self._model = self._model or load()
                return self._model

        return loaded


def _recalled(one: LocalMemory) -> Recalled:
    return Recalled(
        id=one.id,
        type=one.type,
        title=one.title,
        content=one.content,
        tags=one.tags,
        author=one.author,
        updated_at=one.updated_at,
        others=[body for body in one.bodies if body != one.content] if one.conflicted else [],
        overtaken=str(one.overtaken or ""),
    )
