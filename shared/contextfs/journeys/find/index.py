"""Make passages from memories and messages: what search looks through. They can always be made again."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.memories import store as memories
from contextfs.domain.memories.model import AuthorKind, Memory
from contextfs.domain.projects import store as projects
from contextfs.domain.projects.model import Project
from contextfs.domain.search import store
from contextfs.domain.search.bm25 import AVERAGE_LENGTH, sparsevec_text, weights
from contextfs.domain.search.passages import chunk, chunks_of_message, context_line, heading
from contextfs.domain.search.tokens import dimension, term_key, terms
from contextfs.domain.sessions import store as sessions
from contextfs.domain.sessions.model import Session
from contextfs.kit.call import Call
from contextfs.kit.errors import NotFound
from contextfs.kit.ids import uuid7s
from contextfs.kit.overtaken import ends_at
from contextfs.kit.ports import Parameters, Row

TRUST: dict[AuthorKind, float] = {"human": 1.0, "repository": 0.9, "assistant": 0.6, "tool": 0.4}
MESSAGE_TRUST = {"user": 0.8, "assistant": 0.5}
_BATCH = 500


class _Common(msgspec.Struct, frozen=True, kw_only=True):
    project_id: UUID
    source: str
    source_id: UUID
    session_id: UUID | None
    memory_id: UUID | None
    context: str
    type: str
    tags: list[str]
    tool: str | None
    branch: str | None
    author_id: UUID
    trust: float
    pinned: bool
    visibility: str
    sensitivity: str | None
    occurred_at: datetime
    expires_at: datetime | None
    role: str | None = None
    speaker: str | None = None
    heading: str
    """What is searched by words beside the text: a memory's line above it, a session's title and who speaks."""


def index_memory(call: Call, memory_id: UUID) -> int:
    """Make a memory's passages anew; a memory that is gone has none. Gives how many there are."""
    try:
        memory = memories.get(call.tx, memory_id)
    except NotFound:
        store.trim(call.tx, {memory_id: 0})
        return 0
    project = projects.get(call.tx, memory.project_id)
    occurred = memory.valid_from or memory.created_at
    context = context_line(project=project.name, title=memory.title or "", date=occurred.date())
    common = _Common(
        project_id=memory.project_id,
        source="memory",
        source_id=memory.id,
        session_id=None,
        memory_id=memory.id,
        context=context,
        heading=context,
        type=memory.type,
        tags=memory.tags,
        tool=None,
        branch=None,
        author_id=memory.author_id,
        trust=TRUST[memory.author_kind],
        pinned=memory.pinned,
        visibility=memory.visibility,
        sensitivity=memory.sensitivity,
        occurred_at=occurred,
        expires_at=ends_at(valid_to=memory.valid_to, expires_at=memory.expires_at),
    )
    rows = list(_passages(call, common, _said(memory)))
    store.trim(call.tx, {memory_id: len(rows)})
    store.add(call.tx, rows)
    return len(rows)


def index_session(call: Call, session_id: UUID, *, anew: bool = False) -> int:
    """Make passages of a session's messages that have none yet, or of all anew. Gives how many were made.

    A message between people says who speaks in its metadata, as `speaker`.
    """
    try:
        session = sessions.get(call.tx, session_id)
    except NotFound:
        return 0
    project = projects.get(call.tx, session.project_id)
    place = 0 if anew else store.next_place(call.tx, session_id)
    kept: dict[UUID, int] = {}
    waiting: list[Parameters] = []
    for message in store.messages(call.tx, session_id, anew=anew):
        common = _of_message(session, project, message, otherwise=call.principal.reader_id, opens=place == 0)
        made = list(_passages(call, common, message["content"], place=place))
        kept[message["id"]] = len(made)
        place += len(made)
        waiting += made
        if len(waiting) >= _BATCH:
            store.add(call.tx, waiting)
            waiting = []
    store.add(call.tx, waiting)
    if anew:
        store.trim(call.tx, kept)
    return sum(kept.values())


def _of_message(session: Session, project: Project, message: Row, *, otherwise: UUID, opens: bool) -> _Common:
    """Describe a message; `opens` tells the first one of its session."""
    return _Common(
        project_id=session.project_id,
        source="message",
        source_id=message["id"],
        session_id=session.id,
        memory_id=None,
        context=context_line(
            project=project.name,
            title=session.title or "",
            date=message["created_at"].date(),
            speaker=message["speaker"] or message["role"],
        ),
        heading=heading(title=session.title or "", speaker=message["speaker"], opens=opens),
        role=message["role"],
        speaker=message["speaker"],
        type="message",
        tags=session.tags,
        tool=session.tool,
        branch=session.git.branch,
        author_id=session.user_id or otherwise,
        trust=MESSAGE_TRUST.get(message["role"], TRUST["tool"]),
        pinned=False,
        visibility=session.visibility,
        sensitivity=session.sensitivity,
        occurred_at=message["created_at"],
        expires_at=None,
    )


def _said(memory: Memory) -> str:
    """Give all that a memory says: its text, or of a conflict every text."""
    return "\n\n".join(memory.bodies or [memory.content])


def _passages(call: Call, common: _Common, text: str, *, place: int | None = None) -> Iterator[Parameters]:
    languages = call.services.languages
    shared = msgspec.structs.asdict(common) | {"org_id": call.principal.org_id, "languages": ",".join(languages)}
    above = shared.pop("heading")
    chunks = chunk(text) if place is None else chunks_of_message(text)
    ids = uuid7s(call.now, call.services.entropy, len(chunks))
    for ordinal, (piece, passage_id) in enumerate(zip(chunks, ids, strict=True)):
        words = terms(f"{above}\n{piece.text}", languages)
        yield shared | {
            "id": passage_id,
            "ordinal": ordinal,
            "place": None if place is None else place + ordinal,
            "starts": piece.start,
            "ends": piece.end,
            "body": piece.text,
            "terms": sorted({term_key(call.principal.org_id, word) for word in words}),
            "weights": sparsevec_text(weights(words, average_length=AVERAGE_LENGTH, languages=languages)),
        }


def hashed(org_id: UUID, words: list[str]) -> tuple[list[int], list[int]]:
    """Give a query's words as the store knows them: candidate keys, and dimensions of the weights."""
    unique = list(dict.fromkeys(words))
    return [term_key(org_id, word) for word in unique], [dimension(word) for word in unique]
