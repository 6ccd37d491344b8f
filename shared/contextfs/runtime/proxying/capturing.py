"""Keeps what was said in an exchange that passed, as its caller: through the door, as any session is captured."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar
from uuid import UUID

import msgspec
from anyio import CapacityLimiter, to_thread

from contextfs.domain.sessions.model import NewMessage, NewSession, SessionChange
from contextfs.kit.errors import ContextFSError
from contextfs.recording.conversation import Reader
from contextfs.recording.model import Exchange, Kept
from contextfs.recording.threads import Threads
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.proxying.admission import Caller, Speaker
from contextfs.runtime.table import MIB

_SPEAKERS: Final = 200
_LINKS: Final = 2_000
_MOST_MESSAGES: Final = 200
_MOST_BYTES: Final = 512 << 10
_REFUSED: Final = 400
_READING: Final = 2
_STORING: Final = 8
"""Threads that read and store at once: others than those that answer calls, which do not wait for these."""
_MOST_UNPACKED: Final = 32 * MIB
"""Bytes of a body that is read; as values of a program they may be twenty times as many."""
_log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class _Open(NamedTuple):
    """A conversation that is open: as whom it is closed, and when something was said in it last."""

    caller: Caller
    at: float


class Capturing:
    """Reads exchanges, those of a speaker in turn, and stores what is new in them. Whatever goes wrong is logged.

    It remembers conversations of the latest speakers. Who has forgotten one, as another process has, reads it from the
    whole request, gives it the same name, and what is stored already is not stored again. All of it belongs to one
    event loop; what takes long is done in threads, none of which waits for another.
    """

    def __init__(self) -> None:
        self._readers: OrderedDict[Speaker, tuple[Reader, asyncio.Lock]] = OrderedDict()
        self._open: dict[str, _Open] = {}
        self._reading = CapacityLimiter(_READING)
        self._storing = CapacityLimiter(_STORING)

    async def keep(self, caller: Caller, speaker: Speaker, exchange: Exchange) -> None:
        """Keep one exchange. It never raises."""
        reader, turn = self._reader(speaker)
        told = msgspec.structs.replace(exchange, scope=f"{speaker.name} {exchange.scope or ''}")
        try:
            async with turn:
                kept = await to_thread.run_sync(reader.read, told, limiter=self._reading)
            if kept is not None:
                session_id = await self._store(_stored, caller, speaker.project_id, kept)
                self._open[session_id] = _Open(caller.alone(), time.monotonic())
        except ContextFSError as error:
            self._fail(speaker, error.detail)
        except Exception as error:  # noqa: BLE001 - nothing of it may reach who waits for the answer of a model
            self._fail(speaker, f"{type(error).__name__} (a fault of the server)")

    async def complete(self, idle: float) -> None:
        """Close the conversations in which nothing was said for some seconds, so that they are learned from."""
        until = time.monotonic() - idle
        over = [(session_id, one.caller) for session_id, one in self._open.items() if one.at <= until]
        for session_id, _ in over:
            del self._open[session_id]
        for session_id, caller in over:
            reply = await self._store(_completed, caller, session_id)
            if reply.status >= _REFUSED:
                _log.warning("a conversation was kept, and not closed", extra={"detail": _why(reply)})

    async def _store(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._storing)

    def _fail(self, speaker: Speaker, why: str) -> None:
        self._readers.pop(speaker, None)  # what was not stored is new again
        _log.warning("an exchange was not kept", extra={"project_id": str(speaker.project_id), "detail": why})

    def _reader(self, speaker: Speaker) -> tuple[Reader, asyncio.Lock]:
        found = self._readers.setdefault(speaker, (_new_reader(), asyncio.Lock()))
        self._readers.move_to_end(speaker)
        while len(self._readers) > _SPEAKERS:
            self._readers.popitem(last=False)
        return found


def _new_reader() -> Reader:
    return Reader(threads=Threads(_LINKS), most_bytes=_MOST_UNPACKED)


def _completed(caller: Caller, session_id: str) -> HttpResponse:
    return caller.ask("sessions.complete", values={"session_id": session_id})


def _stored(caller: Caller, project_id: UUID, kept: Kept) -> str:
    """Store a session and its messages, in parts that the routes take; gives its id."""
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
    session: dict[str, Any] = _done(caller.ask("sessions.create", body=new))["session"]
    for part in parts:
        _done(caller.ask("sessions.append", values={"session_id": session["id"]}, body={"messages": part}))
    spent = SessionChange(
        input_tokens=max(kept.input_tokens, session["input_tokens"]),
        output_tokens=max(kept.output_tokens, session["output_tokens"]),
    )
    if (spent.input_tokens, spent.output_tokens) != (session["input_tokens"], session["output_tokens"]):
        _done(caller.ask("sessions.update", values={"session_id": session["id"]}, body=spent, cost=0))
    return session["id"]


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


def _done(reply: HttpResponse) -> dict[str, Any]:
    if reply.status >= _REFUSED:
        raise ContextFSError(_why(reply))
    return msgspec.json.decode(reply.body)


def _why(reply: HttpResponse) -> str:
    return str(msgspec.json.decode(reply.body).get("detail", reply.status))
