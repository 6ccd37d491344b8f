"""The one path of every call: who, allowance, read, may, one transaction with claims, handle, settle, commit, reply."""

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec

from contextfs.domain.lockouts.model import Attempt
from contextfs.kit.call import Call, OpenCall, Services
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Contended, ContextFSError, NotAllowed, NotAuthenticated
from contextfs.kit.ids import uuid7
from contextfs.kit.ports import MistakenError, Row, Statement
from contextfs.runtime import telemetry
from contextfs.runtime.allowance.allowance import Allowance, Bill
from contextfs.runtime.callers.caller import Caller, caller
from contextfs.runtime.door import idempotency, lockout
from contextfs.runtime.door.binding import Binding, bind
from contextfs.runtime.door.entrance import Entered, Entrance
from contextfs.runtime.door.familiar import Familiar
from contextfs.runtime.door.inside import inside
from contextfs.runtime.door.outside import OutsideError, leaving
from contextfs.runtime.door.sent import Sent
from contextfs.runtime.door.settle import settle
from contextfs.runtime.http import cookies, preconditions, tabular
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.http.packing import packed
from contextfs.runtime.http.problems import problem, unexpected
from contextfs.runtime.table import PUBLIC, Route, Trigger

_log = logging.getLogger(__name__)
_REQUEST_ID = re.compile(r"[0-9A-Za-z._-]{1,64}")
_SERVER_FAULT = 500
_TRIES = 4
"""How often a call is begun when others get in its way."""
_JSON = {"content-type": "application/json"}
_encode = msgspec.json.Encoder().encode

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """A request of somebody."""

    route: Route
    binding: Binding
    sent: Sent
    address: str | None
    request_id: str
    caller: Caller
    bill: Bill
    tried: Attempt | None


@dataclass(frozen=True)
class Door:
    """Answers calls to routes. It does not listen: a host brings the requests."""

    services: Services
    clock: Clock
    allowance: Allowance
    triggers: tuple[Trigger, ...] = ()
    """Those that `?wait=` may ask for at once."""
    familiar: Familiar = field(default_factory=Familiar)

    def answer(self, route: Route, request: HttpRequest) -> HttpResponse:
        """Answer one request; whatever goes wrong is told as a problem, and nothing of it is stored."""
        request_id = self.request_id(request.headers)
        started = time.perf_counter()
        facts = {"http.request.method": route.method, "http.route": route.path}
        bill = self.allowance.bill(route.cost, request.address)
        with telemetry.span(route.name, facts, headers=request.headers) as span:
            try:
                response = packed(self._answer(route, request, request_id, bill), request)
            except ContextFSError as error:
                bill.failed(error)
                response = problem(error, request_id)
            except Exception:  # noqa: BLE001 - nothing may reach the caller but a problem
                _log.exception("unexpected", extra={"route": route.name, "request_id": request_id})
                response = problem(unexpected(request_id), request_id)
            response = _for_browsers(route, request, response)
            bill.settle(self.clock())
            elapsed = time.perf_counter() - started
            span.set_attribute("http.response.status_code", response.status)
            telemetry.measure_call(route.name, response.status, elapsed, facts)
        _log_call(route, response, request_id, elapsed)
        return HttpResponse(
            status=response.status,
            body=response.body,
            headers={**_private(route), **bill.headers(), **response.headers, "x-request-id": request_id},
            cookies=response.cookies,
        )

    def request_id(self, headers: Mapping[str, str]) -> str:
        """Give the id that the caller chose for a request, if it is one, or a new one."""
        given = headers.get("x-request-id", "")
        return given if _REQUEST_ID.fullmatch(given) else str(uuid7(self.clock(), self.services.entropy))

    def _answer(self, route: Route, request: HttpRequest, request_id: str, bill: Bill) -> HttpResponse:
        binding = bind(route)
        if route.needs == PUBLIC:
            bill.begin(None, self.clock())
            taken = Sent(route, binding, request).read.taken
            opened = self.open(request.headers, request_id, request.address, query=request.raw_query)
            return reply(route, request, binding.handle(opened, **taken))
        asked = self._asked(route, binding, request, request_id, bill)
        try:
            call, result, response = self._done(asked)
        except OutsideError as left:  # no connection is held while somebody is asked
            call, result, response = self._done(_going_on(asked, left))
        if call.events:
            self.services.wake_relay()
        if result is not None and asked.sent.read.taken.get("wait") is not None:
            from contextfs.runtime.door import projecting  # noqa: PLC0415 - what takes events is loaded where one waits
            from contextfs.runtime.events.reaction import Reactor  # noqa: PLC0415 - as above

            reactor = Reactor(self.services, self.clock)
            made = projecting.made_searchable(reactor, self.triggers, call, result)
            return replace(reply(route, request, made), cookies=response.cookies)
        return response

    def open(self, headers: Mapping[str, str], request_id: str, address: str | None, *, query: str = "") -> OpenCall:
        """Make the call of somebody who is not known."""
        return OpenCall(
            now=self.clock(),
            services=self.services,
            inside=partial(inside, self.services, self.clock, request_id),
            binder=cookies.read(headers, cookies.BINDER, self.services.public_url) or "",
            agent=headers.get("user-agent", ""),
            query=query,
            address=address,
        )

    def _asked(self, route: Route, binding: Binding, request: HttpRequest, request_id: str, bill: Bill) -> Asked:
        """Learn who calls, and let them pay."""
        calling = self._caller(route, request, bill)
        return Asked(
            route=route,
            binding=binding,
            sent=Sent(route, binding, request),
            address=request.address,
            request_id=request_id,
            caller=calling,
            bill=bill,
            tried=lockout.attempt(*calling.names, request.address),
        )

    def _caller(self, route: Route, request: HttpRequest, bill: Bill) -> Caller:
        """Read who calls, and let them pay: who is known by the credential that is brought, or else the address."""
        try:
            calling = caller(route, request, self.services)
        except NotAuthenticated:
            bill.begin(None, self.clock())
            raise
        bill.begin(calling.proof, self.clock())
        return calling

    def _done(self, asked: Asked) -> tuple[Call, Any, HttpResponse]:
        """Do what is asked; a credential that is wrong is counted, once what was done is undone."""
        try:
            return undisturbed(lambda: self._surely(asked))
        except (NotAuthenticated, NotAllowed) as error:
            self.familiar.refused(asked.caller.proof, asked.route.needs)
            if isinstance(error, NotAuthenticated) and asked.tried is not None:
                lockout.failed(self.services, asked.tried, self.clock(), asked.request_id)
            raise

    def _surely(self, asked: Asked) -> tuple[Call, Any, HttpResponse]:
        """Do what is asked; who is not who they were presumed to be is met as a stranger, and presumed to be nobody."""
        presumed = self._presumed(asked)
        if presumed is not None:
            with suppress(MistakenError):
                return self._transact(asked, presumed)
            self.familiar.refused(asked.caller.proof, asked.route.needs)
        return self._transact(asked)

    def _presumed(self, asked: Asked) -> Row | None:
        """Give what the database is presumed to say of who calls; None where it is waited for.

        For what has no draft it is: its handler may do something outside of its transaction.
        """
        if asked.binding.draft is None or _entrance(asked).beforehand(asked.caller.entering(self.clock())):
            return None
        return self.familiar.presumed(asked.caller.proof, asked.route.needs)

    def _transact(self, asked: Asked, presumed: Row | None = None) -> tuple[Call, Any, HttpResponse]:
        """Do what is asked in one transaction; gives the call, what its handler gave, and the reply.

        A call that was made before, with the same Idempotency-Key, is not made again: its handler gives nothing.
        """
        route, now = asked.route, self.clock()
        with self._entered(asked, now, presumed) as (tx, found, let_in):
            request = asked.sent.read.request
            admitted = asked.caller.admitted(found, request, now)
            let_in()
            asked.bill.admitted(admitted.principal, now)
            call = Call(
                principal=admitted.principal,
                now=now,
                tx=tx,
                services=self.services,
                agent=_agent(request),
                address=request.address,
                expected_versions=asked.sent.expected,
            )
            if admitted.refused is not None:
                refused = problem(admitted.refused(call), asked.request_id)
                settle(call, audits="login.replayed", meters=None, request_id=asked.request_id)
                self.familiar.refused(asked.caller.proof, route.needs)
                return call, None, refused
            if presumed is None:
                self.familiar.let_in(asked.caller.proof, route.needs, found)
            key = admitted.once
            if key is not None:
                earlier = idempotency.replay(tx, call.principal, key, request, now, ahead=asked.sent.first())
                if earlier is not None:
                    return call, None, earlier
            result = leaving(asked.binding.handle(call, **asked.sent.taken), call)
            response = reply(route, request, result)
            if admitted.renew is not None:
                response = admitted.renew(call, response)
            settle(call, audits=route.audits, meters=route.meters, request_id=asked.request_id)
            if key is not None:
                idempotency.keep(call, key, reply(route, request, idempotency.without_secrets(result)))
        return call, result, response

    def _entered(self, asked: Asked, now: datetime, presumed: Row | None) -> AbstractContextManager[Entered]:
        """Open the transaction of a call, which is read while who calls is looked up.

        What its handler asks first is asked along with that, for who was let in for this before.
        """
        sent, reads = asked.sent, asked.route.method == "GET"
        sent.begin()
        is_familiar = presumed is not None or self.familiar.knows(asked.caller.proof, asked.route.needs)

        def meanwhile() -> Iterator[Sequence[Statement]]:
            if is_familiar:
                yield sent.ahead()
            sent.check()
            if is_familiar:
                yield sent.behind(self.services, asked.caller.names[0], now, stores=presumed is not None)

        if reads or sent.is_long:
            sent.check()
        ahead = sent.ahead() if is_familiar and reads else ()
        return _entrance(asked).opened(
            self.services.database,
            asked.caller.entering(now),
            now,
            ahead=ahead,
            meanwhile=None if reads else meanwhile,
            at_once=bool(ahead),
            presumed=presumed,
        )


def undisturbed(attempt: Callable[[], T]) -> T:
    """Try again when another transaction got in the way: nothing was stored, and it is gone by then."""
    for _ in range(_TRIES - 1):
        with suppress(Contended):
            return attempt()
    return attempt()


def _entrance(asked: Asked) -> Entrance:
    """Give where somebody comes in. Who was let in before is: what others try in their name does not stop them."""
    return Entrance(asked.caller.kind, asked.address, None if asked.bill.is_known else asked.tried)


def _going_on(asked: Asked, left: OutsideError) -> Asked:
    """Ask outside, and give what is left to do with the answer."""
    given = left.asked()

    def handle(call: Call, **_: object) -> Any:
        return left.outside.then(call, given)

    return replace(asked, binding=replace(asked.binding, handle=handle))


def reply(route: Route, request: HttpRequest, result: Any) -> HttpResponse:
    """Write what the handler gave; a version becomes the ETag, and a known one needs no body."""
    if isinstance(result, HttpResponse):
        return result
    if result is None:
        return HttpResponse(status=204)
    if tabular.is_wanted(route, request):
        return tabular.reply(request, result, bind(route).reply_type)
    headers = dict(_JSON)
    version = preconditions.version_of(result)
    if version is not None:
        headers["etag"] = f'"{version}"'
        known = preconditions.known_versions(request.headers) or frozenset()
        if request.method == "GET" and (version in known or "*" in known):
            return HttpResponse(status=304, headers={"etag": headers["etag"]})
    return HttpResponse(status=route.status, body=_encode(result), headers=headers)


def _for_browsers(route: Route, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Show a problem as a page to a person who is on the way to or from a provider: programs do not ask for HTML."""
    is_led = route.status == HTTPStatus.SEE_OTHER and "text/html" in request.headers.get("accept", "")
    if response.status < HTTPStatus.BAD_REQUEST or not is_led:
        return response
    from contextfs.runtime.oauth import refusals  # noqa: PLC0415 - few doors ever show a page

    return refusals.as_page(response, route.name)


def _agent(request: HttpRequest) -> str:
    return request.headers.get("user-agent", "")


def _private(route: Route) -> Mapping[str, str]:
    """Keep replies out of shared caches, and browsers from guessing what a reply is."""
    cached = "no-cache" if route.needs == PUBLIC else "private, no-cache"
    return {"cache-control": cached if route.method == "GET" else "no-store", "x-content-type-options": "nosniff"}


def _log_call(route: Route, response: HttpResponse, request_id: str, elapsed: float) -> None:
    level = logging.ERROR if response.status >= _SERVER_FAULT else logging.INFO
    _log.log(
        level,
        "call",
        extra={
            "route": route.name,
            "status": response.status,
            "request_id": request_id,
            "milliseconds": round(elapsed * 1000, 2),
        },
    )
