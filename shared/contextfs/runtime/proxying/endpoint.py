"""The endpoint `/v1/proxy/{upstream}/…`: who calls is asked first, then each byte passes.

The key of the model stands in headers that go on as they are; none is stored or logged. Only upstreams that the
installation names are asked. The end of a reply waits until what was said is stored; what is not stored, for whatever
reason, changes nothing else of the answer.
"""

import asyncio
import logging
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from contextfs.kit.errors import ContextFSError, NotFound, Unavailable
from contextfs.recording import headers as of_headers
from contextfs.recording.conversation import is_conversation
from contextfs.recording.copying import Copy, Room
from contextfs.recording.passing import Passing
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.address import client_address
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.http.problems import problem
from contextfs.runtime.proxying.admission import Caller, Speaker, speaker
from contextfs.runtime.proxying.capturing import Capturing
from contextfs.runtime.proxying.passage import Passage, answer
from contextfs.runtime.proxying.upstreams import address
from contextfs.runtime.table import MIB, PROXY, Route

_MOST_BYTES: Final = 64 * MIB
_MOST_KEPT: Final = 32 * MIB
_COPIES_BYTES: Final = 128 * MIB
"""Bytes of all that passes at once of which copies are taken: what is more passes, and is not kept."""
SILENCE_SECONDS: Final = 600.0
"""For how long a model may say nothing."""
_STORE_SECONDS: Final = 5.0
"""For how long the end of a reply waits until what was said is stored; then it is stored behind it."""
_NEEDED: Final = (
    "auth.me", "projects.get", "projects.list", "sessions.create", "sessions.append", "sessions.update",
    "sessions.complete",
)  # fmt: skip
_IDLE_SECONDS: Final = 600.0
"""For how long nothing is said in a conversation before it is closed."""
_LOOK_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 8.0
"""For how long a server that stops waits for what is under way, which its host has ended by then, and is kept."""
_log = logging.getLogger(__name__)


class Endpoint:
    """An ASGI app that passes requests on for callers of this server."""

    def __init__(self, door: Door, routes: Sequence[Route]) -> None:
        self._door = door
        self._routes = {route.name: route for route in routes if route.name in _NEEDED}
        self._capturing = Capturing()
        self._room = Room(_COPIES_BYTES)
        self._passing: Passing | None = None
        self._closing: asyncio.Task[None] | None = None
        self._keeping: set[asyncio.Task[None]] = set()
        self._under_way: set[asyncio.Future[None]] = set()
        self._stopping = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        request_id = self._door.request_id(request.headers)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        caller = Caller(self._door, self._routes, headers, client_address(request, self._door.services.trusted_hops))
        if not self._routes.keys() >= {*_NEEDED}:
            nothing = NotFound("There is nothing at this address: see /v1/openapi.json.")
            await answer(send, problem(nothing, request_id), request_id)
            return
        speaking = await run_in_threadpool(speaker, caller)
        if isinstance(speaking, HttpResponse):
            await answer(send, speaking, request_id)
            return
        try:
            url = self._url(scope)
        except ContextFSError as error:
            await answer(send, problem(error, request_id), request_id)
            return
        if self._stopping.is_set():
            stopping = Unavailable("This server is about to stop: send it again.")
            await answer(send, problem(stopping, request_id), request_id)
            return
        with self._counted():
            await self._pass_on(Passage(scope, receive, send, url, request_id), caller, speaking)

    async def close(self) -> None:
        """Take no more requests, keep what was said, close the conversations, and give the connections back."""
        self._stopping.set()
        await self._settled()
        if self._passing is not None and self._closing is not None:
            await asyncio.wait({self._closing})
            await self._capturing.complete(0.0)
            await self._passing.close()

    @contextmanager
    def _counted(self) -> Generator[None]:
        """Count a request as one that is under way."""
        over = asyncio.get_running_loop().create_future()
        self._under_way.add(over)
        try:
            yield
        finally:
            self._under_way.discard(over)
            over.set_result(None)

    async def _settled(self) -> None:
        until = time.monotonic() + _STOP_SECONDS
        while (left := {*self._under_way, *self._keeping}) and (seconds := until - time.monotonic()) > 0:
            await asyncio.wait(left, timeout=seconds)
        if left:
            _log.warning("a server stops, and does not wait for all that passes", extra={"requests": len(left)})

    def _url(self, scope: Scope) -> str:
        upstream, _, path = _below(scope).partition("/")
        return address(self._door.services.upstreams, upstream, path, scope["query_string"].decode("latin-1"))

    def _begun(self) -> Passing:
        """Give what passes requests on; with the first of them, conversations begin to be closed."""
        if self._passing is None:
            self._passing = Passing(most_bytes=_MOST_BYTES, silence=SILENCE_SECONDS)
            self._closing = asyncio.create_task(self._close_idle())
        return self._passing

    async def _close_idle(self) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _LOOK_SECONDS)
                return
            await self._capturing.complete(_IDLE_SECONDS)

    def _copy(self, path: str, caller: Caller) -> Copy:
        return Copy(path, caller.headers, tool=None, now=self._door.clock, most=_MOST_KEPT, room=self._room)

    async def _pass_on(self, passage: Passage, caller: Caller, speaking: Speaker) -> None:
        copy = None
        if is_conversation(passage.scope["method"], passage.scope["path"]) and not of_headers.is_off(caller.headers):
            copy = self._copy(passage.scope["path"], caller)
        passing = self._begun()
        keeping: asyncio.Task[None] | None = None

        async def keep() -> None:
            nonlocal keeping
            if copy is None or keeping is not None:
                return
            exchange = copy.exchange()
            if exchange is not None:
                keeping = asyncio.create_task(self._capturing.keep(caller, speaking, exchange))
                self._keeping.add(keeping)
                keeping.add_done_callback(self._keeping.discard)
                await asyncio.wait({keeping}, timeout=_STORE_SECONDS)

        try:
            await passing.carry(passage.way(copy, keep))
        finally:
            with _held(copy, speaking):
                await keep()  # the program went away, or the model broke off: what was said is kept as far as it came
                if keeping is not None:
                    await keeping


@contextmanager
def _held(copy: Copy | None, speaking: Speaker) -> Generator[None]:
    """Hold a copy as long as it is needed, and say so where it was lost."""
    try:
        yield
    finally:
        if copy is not None:
            copy.let_go()
            if copy.lost:
                told = {"project_id": str(speaking.project_id), "detail": copy.lost}
                _log.warning("an exchange was not kept", extra=told)


def _below(scope: Scope) -> str:
    """Give what stands below our own address, as it was sent."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1").partition(f"{PROXY}/")[2]
