"""Keeps what was said in an exchange that passed, as its caller: through the door, as any session is captured."""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any, Final
from uuid import UUID

import msgspec

from contextfs.domain.sessions.model import NewMessage, NewSession
from contextfs.kit.errors import ContextFSError
from contextfs.recording.conversation import Reader
from contextfs.recording.model import Exchange, Kept
from contextfs.recording.threads import Threads
from contextfs.runtime.http import HttpResponse
from contextfs.runtime.proxying.admission import Caller

_PROJECTS: Final = 200
_LINKS: Final = 2_000
_MOST_MESSAGES: Final = 200
_MOST_BYTES: Final = 512 << 10
_REFUSED: Final = 400
_log = logging.getLogger(__name__)


class Capturing:
    """Reads exchanges, those of a project in turn, and stores what is new in them. Whatever goes wrong is logged.

    It remembers conversations of the latest projects. Who has forgotten one, as another process has, reads it from the
    whole request, gives it the same name, and what is stored already is not stored again.
    """

    def __init__(self) -> None:
        self._readers: OrderedDict[UUID, tuple[Reader, Lock]] = OrderedDict()
        self._lock = Lock()

    def keep(self, caller: Caller, project_id: UUID, exchange: Exchange) -> None:
        """Keep one exchange. It never raises."""
        reader, turn = self._reader(project_id)
        try:
            with turn:
                kept = reader.read(exchange)
            failed = None if kept is None else _stored(caller, project_id, kept)
        except ContextFSError as error:
            failed = error.detail
        except Exception as error:  # noqa: BLE001 - nothing of it may reach who waits for the answer of a model
            failed = f"{type(error).__name__} (a fault of the server)"
        if failed is not None:
            with self._lock:
                self._readers.pop(project_id, None)  # what was not stored is new again
            _log.warning("an exchange was not kept", extra={"project_id": str(project_id), "detail": failed})

    def _reader(self, project_id: UUID) -> tuple[Reader, Lock]:
        with self._lock:
            found = self._readers.setdefault(project_id, (Reader(threads=Threads(_LINKS)), Lock()))
            self._readers.move_to_end(project_id)
            while len(self._readers) > _PROJECTS:
                self._readers.popitem(last=False)
            return found


def _stored(caller: Caller, project_id: UUID, kept: Kept) -> str | None:
    """Store a session and its messages, in parts that the routes take; gives why not, where that is so."""
    parts = _parts(kept.messages)
    new = NewSession(
        project_id=project_id,
        tool=kept.tool,
        external_id=kept.external_id,
        model=kept.model,
        metadata=kept.metadata,
        input_tokens=kept.input_tokens,
        output_tokens=kept.output_tokens,
        started_at=kept.started_at,
        messages=next(parts, list[NewMessage]()),
    )
    reply = caller.ask("sessions.create", body=new)
    if reply.status >= _REFUSED:
        return _why(reply)
    session: dict[str, Any] = msgspec.json.decode(reply.body)["session"]
    for part in parts:
        reply = caller.ask("sessions.append", values={"session_id": session["id"]}, body={"messages": part})
        if reply.status >= _REFUSED:
            return _why(reply)
    return None


def _parts(messages: Sequence[NewMessage]) -> Iterator[list[NewMessage]]:
    part: list[NewMessage] = []
    size = 0
    for one in messages:
        length = len(msgspec.json.encode(one)) + 1
        if part and (len(part) >= _MOST_MESSAGES or size + length > _MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(one)
        size += length
    if part:
        yield part


def _why(reply: HttpResponse) -> str:
    return str(msgspec.json.decode(reply.body).get("detail", reply.status))
