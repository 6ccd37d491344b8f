"""Before every door of a region: a call of an organization that lives elsewhere is forwarded, or refused.

A call that another region forwarded brings a passport; it is answered here or nowhere, so that no call goes in circles.
"""

import logging
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from contextfs.domain.homes.model import Home
from contextfs.kit.errors import ContextFSError, Misdirected, NotFound, Unavailable
from contextfs.kit.regions import Neighbour, Regions
from contextfs.runtime.border import inside, passport, whose
from contextfs.runtime.border.directory import Directory
from contextfs.runtime.border.forwarding import Forwarding, Raw, onward
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.address import client_address
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.http.problems import problem
from contextfs.runtime.http.responding import respond
from contextfs.runtime.streaming.endpoint import deny

_log = logging.getLogger(__name__)
_OF_THE_WAY = {passport.HEADER, b"x-forwarded-for", b"forwarded"}
"""Headers that say from where a call came; of a forwarded one, its passport does."""
_AS_IT_IS = "!$%&'()*+,/:;=?@[]"
"""Characters of a query that go on as they are spelt (RFC 3986); others are escaped, which says the same."""


class Border:
    """Knows where calls belong. One for a process; `before` stands it before an app."""

    def __init__(self, door: Door, regions: Regions) -> None:
        self._door = door
        self._regions = regions
        self._asking = inside.Asking(regions, door.clock)
        self._directory = Directory(door.services.database, regions, self._asking, door.clock)
        self._forwarding = Forwarding()

    async def close(self) -> None:
        """Give all connections back."""
        await self._forwarding.close()
        self._asking.close()

    def before(self, app: ASGIApp) -> ASGIApp:
        """Give an app with this border before it."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            await self._answer(app, scope, receive, send)

        return guarded

    async def _answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call in that belongs here, and send on or back one that does not."""
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return
        try:
            seen, brought = self._seen(scope)
            if brought is not None and brought.purpose == "ask":
                await self._inside(seen, receive, send)
                return
            if inside.below(seen["path"]):
                raise NotFound(inside.NOTHING)
            home = await self._elsewhere(seen)
            if home is None:
                await app(seen, receive, send)
            elif brought is not None:
                _log.error("regions disagree", extra={"sender": brought.sender, "home": home.region})
                raise Unavailable("The regions disagree about where this organization lives. Nothing was done.")
            else:
                await self._on(home, seen, receive, send)
        except ContextFSError as error:
            await self._tell(error, scope, receive, send)

    def _seen(self, scope: Scope) -> tuple[Scope, passport.Passport | None]:
        """See a request as the region did at which it arrived, and what that one says of it; None: it is this one."""
        given = whose.header(scope["headers"], passport.HEADER)
        if given is None:
            return scope, None
        asked = passport.Asked(scope.get("method", "GET"), scope["path"], scope["headers"], scope["query_string"])
        read = passport.read(self._regions, given, asked, self._door.clock())
        raw = [(name, value) for name, value in scope["headers"] if name.lower() not in _OF_THE_WAY]
        client = None if read.address is None else (read.address, 0)
        return {**scope, "headers": raw, "client": client}, read

    async def _elsewhere(self, scope: Scope) -> Home | None:
        """Tell in which other region the organization lives whose call this is; None when it belongs here."""
        org_id = whose.organization(scope, self._door.services.public_url)
        if org_id is None:
            return None
        home = self._directory.remembered(org_id)
        if home is None:
            home = await run_in_threadpool(self._directory.home, org_id, self._pay(scope))
        return home if home is not None and home.region in self._regions.neighbours else None

    def _pay(self, scope: Scope) -> Callable[[], None]:
        """Let the address of who calls pay for asking every region."""
        address = client_address(HTTPConnection(scope), self._door.services.trusted_hops)

        def pay() -> None:
            now = self._door.clock()
            bill = self._door.allowance.bill(1, address)
            bill.begin(None, now)
            bill.settle(now)

        return pay

    async def _on(self, home: Home, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward a call to its home, or refuse it when the caller would be let in there."""
        neighbour = self._regions.neighbours[home.region]
        if (home.elsewhere or self._regions.elsewhere) == "refuse":
            await self._refuse(neighbour, scope, receive, send)
            return
        query: bytes = scope["query_string"]
        url = f"{neighbour.inside}{_raw_path(scope)}{'?' if query else ''}{quote(query, safe=_AS_IT_IS)}"
        raw = self._named(onward(scope["headers"]))
        asked = passport.Asked(scope.get("method", "GET"), scope["path"], raw, query)
        headers = self._signed(neighbour, scope, asked, "forward")
        if scope["type"] == "http":
            await self._forwarding.carry(scope, receive, send, url, headers)
            return
        from contextfs.runtime.border.streams import carry  # noqa: PLC0415 - only what streams needs it

        await carry(WebSocket(scope, receive, send), url, headers)

    async def _refuse(self, neighbour: Neighbour, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the right region to who is let in there; anybody else learns what they would learn there."""
        source = whose.SOURCE.fullmatch(scope["path"])
        path = f"{inside.CALLERS}{source[1] if source else inside.NOBODY}"
        raw = self._named(whose.credentials(scope))
        headers = self._signed(neighbour, scope, passport.Asked("GET", path, raw), "ask")
        reply = await self._forwarding.ask(f"{neighbour.inside}{path}", headers)
        if reply.status_code == 204:
            told = f"This organization lives in {neighbour.name}, and wants its calls there: {neighbour.outside}."
            raise Misdirected(told, region=neighbour.name, url=neighbour.outside)
        kept = {name: value for name, value in reply.headers.items() if name != "content-length"}
        await self._send(HttpResponse(status=reply.status_code, headers=kept, body=reply.content), scope, receive, send)

    def _signed(self, neighbour: Neighbour, scope: Scope, asked: passport.Asked, purpose: passport.Purpose) -> Raw:
        """Give the headers of a request to a neighbour, with a passport among them."""
        address = client_address(HTTPConnection(scope), self._door.services.trusted_hops)
        told = passport.write(self._regions, neighbour.name, asked, purpose, address, self._door.clock())
        return [*asked.headers, (passport.HEADER, told)]

    def _named(self, raw: Raw) -> Raw:
        """Give a request the id by which the logs of both regions tell of it."""
        request_id = self._door.request_id(_names(raw))
        return [
            *((name, value) for name, value in raw if name != b"x-request-id"),
            (b"x-request-id", request_id.encode()),
        ]

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        client: tuple[str, int] | None = scope["client"]
        request = HttpRequest(
            method="GET",
            path=scope["path"],
            headers=_names(scope["headers"]),
            address=None if client is None else client[0],
        )
        ask = partial(inside.answered, self._door, self._directory, self._regions, request)
        await self._send(await run_in_threadpool(ask), scope, receive, send)

    async def _tell(self, error: ContextFSError, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = self._door.request_id(_names(scope["headers"]))
        await self._send(problem(error, request_id), scope, receive, send, request_id)

    async def _send(
        self, response: HttpResponse, scope: Scope, receive: Receive, send: Send, request_id: str | None = None
    ) -> None:
        if scope["type"] == "websocket":
            await deny(WebSocket(scope, receive, send), response)
            return
        told = respond(response)
        if request_id is not None:
            told.headers["x-request-id"] = request_id
        await told(scope, receive, send)


def _names(raw: Raw) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}


def _raw_path(scope: Scope) -> str:
    """Give the path as it was spelt; not every host tells."""
    raw: bytes | None = scope.get("raw_path")
    return quote(scope["path"]) if raw is None else raw.partition(b"?")[0].decode("latin-1")
