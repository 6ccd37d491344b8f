"""One open stream: what comes is read, stored and acknowledged, and what is said is told to who watches."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from contextfs.domain.sessions.model import Message
from contextfs.kit.errors import Invalid
from contextfs.kit.ids import named
from contextfs.kit.page import Page
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.http.problems import problem
from contextfs.runtime.http.refusal import told
from contextfs.runtime.streaming.frames import Append, Complete, Frame, Numbered, Watch
from contextfs.runtime.table import MIB, Route

MOST_BYTES = 8 * MIB
"""The largest frame that is read."""
MOST_WAITING = 256
"""Frames that wait for the store at the most; with more, the socket is not read."""
MOST_AT_ONCE = 100
POLL_SECONDS = 0.5
"""How long a watcher may lag behind what another process stores."""

_UNSUPPORTED, _UNREADABLE, _FAULT, _LATER = 1003, 1007, 1011, 1013
_CLOSES = {401: 4401, 403: 4403, 404: 4404, 429: _LATER, 503: _LATER}
_PAGE = 200
_TICK = timedelta(microseconds=1)


class _Closed(Exception):
    """The stream has to end; `code` and `reason` are told to the client."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass
class Stream:
    """One open stream. Three tasks share it: one reads the socket, one stores, one watches."""

    socket: WebSocket
    door: Door
    routes: dict[str, Route]
    session_id: UUID
    headers: dict[str, str]
    stream: str | None
    address: str | None = None
    waiting: asyncio.Queue[Append | Complete] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    stored: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: Sequence[Append] = ()
    """What is being stored. Who goes away meanwhile leaves it unknown whether it was: then it is stored once more."""
    watched: bool = False
    last: datetime | None = None

    async def run(self) -> None:
        """Serve the client until either side ends it."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(tasks))
                tasks.create_task(self._store())
        except* WebSocketDisconnect:
            await self._drain()
        except* _Closed as ended:
            for closed in ended.exceptions:
                if isinstance(closed, _Closed):
                    await self._close(closed.code, closed.reason)

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        """Read frames into the queue; what cannot be read ends the stream, what does not fit is refused."""
        while True:
            event = await self.socket.receive()
            if event["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(event.get("code", 1005))
            text = event.get("text")
            if text is None:
                raise _Closed(_UNSUPPORTED, "Send JSON as text.")
            frame = await self._frame(text)
            if isinstance(frame, Watch):
                if not self.watched:
                    self.watched = True
                    tasks.create_task(self._watch(from_now=frame.from_ == "now"))
            elif frame is not None:
                await self.waiting.put(frame)

    async def _frame(self, text: str) -> Frame | None:
        try:
            frame: Frame = msgspec.json.decode(text, type=Frame)
        except msgspec.ValidationError as error:
            await self._refuse_unfit(text, error)
            return None
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise _Closed(_UNREADABLE, "A frame is JSON in UTF-8.") from error
        if isinstance(frame, Append) and frame.message.external_id is None and self.stream is None:
            absent = Invalid(
                "Name the stream (?stream=…), or each message (external_id).", where="$.message.external_id"
            )
            await self._refuse(frame.seq, absent)
            return None
        return frame

    async def _refuse_unfit(self, text: str, error: msgspec.ValidationError) -> None:
        try:
            seq = msgspec.json.decode(text, type=Numbered).seq
        except msgspec.DecodeError:
            seq = None
        if seq is None:
            raise _Closed(_UNREADABLE, "A frame has a type, and a seq where it writes.") from error
        await self._refuse(seq, told(error, Append, "$"))

    async def _store(self) -> None:
        """Store what waits, as many as there are at a time, and acknowledge each."""
        while True:
            frame = await self.waiting.get()
            batch: list[Append] = []
            while isinstance(frame, Append):
                batch.append(self._named(frame))
                if self.waiting.empty() or len(batch) >= MOST_AT_ONCE:
                    frame = None
                    break
                frame = self.waiting.get_nowait()
            if batch:
                await self._append(batch)
            if isinstance(frame, Complete):
                await self._complete(frame)

    def _named(self, frame: Append) -> Append:
        """Give a message what makes it known again, and a time that does not go back."""
        name = frame.message.external_id or f"{self.stream}:{frame.seq}"
        at = self.door.clock()
        at = self.last = at if self.last is None or at > self.last else self.last + _TICK
        message = msgspec.structs.replace(
            frame.message,
            id=frame.message.id or named(self.session_id, name),
            external_id=name,
            created_at=frame.message.created_at or at,
        )
        return Append(frame.seq, message)

    async def _append(self, batch: Sequence[Append]) -> None:
        self.under_way = batch
        body = msgspec.json.encode({"messages": [frame.message for frame in batch]})
        response = await self._call("sessions.append", body)
        self.under_way = ()
        if response.status < 300:
            self.stored.set()
            for frame in batch:
                await self._send({"type": "ack", "seq": frame.seq, "id": frame.message.id})
        elif response.status in _CLOSES or response.status >= 500:
            raise _ended(response)
        elif len(batch) > 1:
            for frame in batch:
                await self._append([frame])
        else:
            await self._send(_refused(batch[0].seq, response))

    async def _complete(self, frame: Complete) -> None:
        response = await self._call("sessions.complete")
        if response.status in _CLOSES or response.status >= 500:
            raise _ended(response)
        if response.status < 300:
            await self._send({"type": "ack", "seq": frame.seq, "id": self.session_id})
        else:
            await self._send(_refused(frame.seq, response))

    async def _watch(self, *, from_now: bool) -> None:
        """Tell each message once. The session counts its messages: when more are there than were seen, they are read.

        What is late (an older time, a commit that overtook another) is found by reading from the beginning.
        """
        seen: set[UUID] = set()
        tell = not from_now
        while True:
            self.stored.clear()
            if await self._count() != len(seen):
                await self._tell_unseen(seen, tell=tell)
            tell = True
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stored.wait(), POLL_SECONDS)

    async def _tell_unseen(self, seen: set[UUID], *, tell: bool) -> None:
        cursor: str | None = None
        while True:
            query = (("limit", str(_PAGE)), *((("cursor", cursor),) if cursor else ()))
            response = await self._call("sessions.messages", query=query)
            if response.status != 200:
                raise _ended(response)
            page = msgspec.json.decode(response.body, type=Page[Message])
            for message in page.items:
                if message.id not in seen:
                    seen.add(message.id)
                    if tell:
                        await self._send({"type": "message", "message": message})
            cursor = page.next_cursor
            if cursor is None:
                return

    async def _count(self) -> int:
        response = await self._call("sessions.get")
        if response.status != 200:
            raise _ended(response)
        return msgspec.json.decode(response.body)["message_count"]

    async def _call(self, name: str, body: bytes = b"", query: tuple[tuple[str, str], ...] = ()) -> HttpResponse:
        asked = partial(call, self.door, self.routes[name], self.session_id, self.headers, body, query)
        return await run_in_threadpool(asked, address=self.address)

    async def _refuse(self, seq: int, error: Invalid) -> None:
        await self._send(_refused(seq, problem(error, self.door.request_id(self.headers))))

    async def _send(self, frame: dict[str, Any]) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):  # who is gone is not told; what they sent is read to its end
            await self.socket.send_text(msgspec.json.encode(frame).decode())

    async def _drain(self) -> None:
        """Store what was read before the client went away: it may not know, but nothing that came is thrown away."""
        batch = [*self.under_way]
        while not self.waiting.empty():
            frame = self.waiting.get_nowait()
            if isinstance(frame, Append):
                batch.append(self._named(frame))
        if batch:
            body = msgspec.json.encode({"messages": [frame.message for frame in batch]})
            await self._call("sessions.append", body)

    async def _close(self, code: int, reason: str) -> None:
        if self.socket.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect):
                await self.socket.close(code, reason[:120])


def call(
    door: Door,
    route: Route,
    session_id: UUID,
    headers: dict[str, str],
    body: bytes = b"",
    query: tuple[tuple[str, str], ...] = (),
    *,
    address: str | None = None,
) -> HttpResponse:
    """Make a call of a route about the session, through the door."""
    request = HttpRequest(
        method=route.method,
        path=route.path.format(session_id=session_id),
        path_values={"session_id": str(session_id)},
        query=query,
        headers=headers | {"content-type": "application/json"},
        body=body,
        address=address,
    )
    return door.answer(route, request)


def _refused(seq: int, response: HttpResponse) -> dict[str, Any]:
    return {"type": "refused", "seq": seq, "problem": msgspec.json.decode(response.body)}


def _ended(response: HttpResponse) -> _Closed:
    detail = msgspec.json.decode(response.body)["detail"]
    return _Closed(_CLOSES.get(response.status, _FAULT), detail)
