"""Make passages of a memory and of a message, as the server does: the same chunks, the same terms, the same trust."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from contextfs.domain.memories.rules import said_by
from contextfs.domain.search.passages import chunk, chunks_of_message, context_line, embedded_text, heading
from contextfs.domain.search.stemmers import length
from contextfs.domain.search.tokens import fingerprint, terms
from contextfs.journeys.find.index import MESSAGE_TRUST, TRUST
from contextfs.kit.digest import blake2b
from contextfs.kit.languages import ENGLISH, Languages
from contextfs.kit.overtaken import ends_at
from contextfs.local.base.connection import Base, Row
from contextfs.local.model import LocalMemory
from contextfs.local.search.bounds import micros
from contextfs.local.search.queries import SQL


def of_memory(memory: LocalMemory, project: str, languages: Languages = ENGLISH) -> Iterator[Row]:
    """Give the passages of a memory; one in conflict has them of every text."""
    context = context_line(project=project, title=memory.title or "", date=memory.occurred_at.date())
    end = ends_at(valid_to=memory.valid_to, expires_at=memory.expires_at)
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
            "trust": TRUST[said_by(memory.metadata)],
            "pinned": memory.pinned,
            "visibility": memory.visibility,
            "sensitivity": memory.sensitivity,
            "occurred": micros(memory.valid_from or memory.created_at),
            "expires": None if end is None else micros(end),
            "role": None,
            "speaker": None,
            "context": context,
        },
        context,
        "\n\n".join(memory.bodies or [memory.content]),
        languages,
    )


def of_message(
    message: Row, session: Row, project: str, languages: Languages = ENGLISH, *, place: int, speakers: Sequence[str]
) -> Iterator[Row]:
    """Give the passages of a message of a session, from a place in it on; `speakers` are all who speak in it."""
    at = datetime.fromisoformat(message["created_at"])
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    title, role, speaker = session["title"] or "", message["role"], message["speaker"]
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
            "trust": MESSAGE_TRUST.get(role, TRUST["tool"]),
            "pinned": False,
            "visibility": None,
            "sensitivity": session.get("sensitivity"),
            "occurred": micros(at),
            "expires": None,
            "role": role,
            "speaker": speaker,
            "context": context_line(
                project=project, title=title, date=at.astimezone(UTC).date(), speaker=speaker or role
            ),
        },
        heading(title=title, speaker=speaker, opens=place == 0),
        message["content"],
        languages,
        place=place,
        speakers=speakers,
    )


def add(base: Base, passages: Iterable[Row]) -> int:
    """Store passages; gives how many there were."""
    made = [*passages]
    for one in made:
        [row] = base.all(SQL["add_passage"], one)
        base.run(SQL["add_text"], one | row)
    return len(made)


def _passages(
    common: Row,
    above: str,
    text: str,
    languages: Languages,
    *,
    place: int | None = None,
    speakers: Sequence[str] = (),
) -> Iterator[Row]:
    """Cut a text; `above` is searched by words with each piece of it."""
    source, context = common["source"], common["context"]
    for ordinal, piece in enumerate(chunk(text) if place is None else chunks_of_message(text)):
        said = embedded_text(source=source, context=context, body=piece.text, speakers=speakers)
        words = terms(f"{above}\n{piece.text}", languages)
        own: dict[str, Any] = {
            "ordinal": ordinal,
            "starts": piece.start,
            "ends": piece.end,
            "length": length(words, languages),
            "fingerprint": fingerprint(piece.text),
            "hash": blake2b(said.encode(), digest_size=16).digest(),
            "place": None if place is None else place + ordinal,
            "body": piece.text,
            "terms": " ".join(words),
        }
        yield common | own
