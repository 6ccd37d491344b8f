"""Make passages of a memory and of a message, as the server does: the same chunks, the same terms, the same trust."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from contextfs.domain.search.passages import chunk, context_line
from contextfs.domain.search.tokens import fingerprint, terms
from contextfs.journeys.find.index import MESSAGE_TRUST, TRUST
from contextfs.local.base.connection import Base, Row
from contextfs.local.model import LocalMemory
from contextfs.local.search.bounds import micros
from contextfs.local.search.queries import SQL


def of_memory(memory: LocalMemory, project: str) -> Iterator[Row]:
    """Give the passages of a memory; one in conflict has them of every text."""
    yield from _passages(
        {
            "source": "memory",
            "source_id": str(memory.id),
            "session_id": None,
            "type": memory.type,
            "tags": json.dumps(memory.tags),
            "tool": None,
            "branch": None,
            "author": memory.author,
            "trust": TRUST["human"],
            "pinned": memory.pinned,
            "occurred": micros(memory.valid_from or memory.created_at),
            "expires": micros(memory.expires_at) if memory.expires_at else None,
        },
        context_line(project=project, title=memory.title or "", date=memory.created_at.date()),
        "\n\n".join(memory.bodies or [memory.content]),
    )


def of_message(message: Row, session: Row, project: str) -> Iterator[Row]:
    """Give the passages of a message of a session."""
    at = datetime.fromisoformat(message["created_at"])
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    title, speaker = session["title"] or "", message["role"]
    yield from _passages(
        {
            "source": "message",
            "source_id": message["id"],
            "session_id": session["id"],
            "type": "message",
            "tags": session.get("tags") or "[]",
            "tool": session["tool"],
            "branch": session["branch"],
            "author": session["user_id"] or "",
            "trust": MESSAGE_TRUST.get(speaker, TRUST["tool"]),
            "pinned": False,
            "occurred": micros(at),
            "expires": None,
        },
        context_line(project=project, title=title, date=at.astimezone(UTC).date(), speaker=speaker),
        message["content"],
    )


def add(base: Base, passages: Iterator[Row]) -> None:
    """Store passages."""
    for one in passages:
        [row] = base.all(SQL["add_passage"], one)
        base.run(SQL["add_text"], one | row)


def _passages(common: Row, context: str, text: str) -> Iterator[Row]:
    for ordinal, piece in enumerate(chunk(text)):
        said = f"{context}\n{piece.text}"
        words = terms(said)
        own: dict[str, Any] = {
            "ordinal": ordinal,
            "starts": piece.start,
            "ends": piece.end,
            "length": len(words),
            "fingerprint": fingerprint(piece.text),
            "hash": blake2b(said.encode(), digest_size=16).digest(),
            "context": context,
            "body": piece.text,
            "terms": " ".join(words),
        }
        yield common | own
