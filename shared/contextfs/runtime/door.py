"""The one path of every call: read, who, may, one transaction with claims, handle, settle, commit, reply."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from typing import Any, TypeVar

import msgspec

from contextfs.domain.access import keys
from contextfs.domain.access.store import entering
from contextfs.kit.call import Call, OpenCall, Services
from contextfs.kit.clock import Clock
from contextfs.kit.errors import BadInput, Contended, ContextFSError, TooLarge, UnsupportedMedia
from contextfs.kit.ids import uuid7
from contextfs.runtime import idempotency, preconditions, telemetry, waiting
from contextfs.runtime.binding import Binding, arguments, bind
from contextfs.runtime.http import HttpRequest, HttpResponse
from contextfs.runtime.packing import packed, unpacked
from contextfs.runtime.problems import problem, unexpected
from contextfs.runtime.settle import settle
from contextfs.runtime.table import PUBLIC, Route
from contextfs.runtime.who import authorize, credential_of, principal_of

_log = logging.getLogger(__name__)
_REQUEST_ID = re.compile(r"[0-9A-Za-z._-]{1,64}")
_SERVER_FAULT = 500
_TRIES = 4
"""How often a call is begun when others get in its way."""
_JSON = {"content-type": "application/json"}
_UTF_8 = {"", "utf-8", "utf8"}
_encode = msgspec.json.Encoder().encode

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """A request of somebody, read and ready to be done."""

    route: Route
    binding: Binding
    request: HttpRequest
    request_id: str
    credential: keys.Credential
    taken: dict[str, Any]
    key: str | None
    expected: frozenset[str] | None


@dataclass(frozen=True)
class Door:
    """Answers calls to routes. It does not listen: a host brings the requests."""

    services: Services
    clock: Clock
    patience: float = waiting.PATIENCE_SECONDS
    """How long `?wait=searchable` waits."""

    def answer(self, route: Route, request: HttpRequest) -> HttpResponse:
        """Answer one request; whatever goes wrong is told as a problem, and nothing of it is stored."""
        request_id = self.request_id(request.headers)
        started = time.perf_counter()
        facts = {"http.request.method": route.method, "http.route": route.path}
        with telemetry.span(route.name, facts, headers=request.headers) as span:
            try:
                response = packed(self._answer(route, request, request_id), request)
            except ContextFSError as error:
                response = problem(error, request_id)
            except Exception:  # noqa: BLE001 - nothing may reach the caller but a problem
                _log.exception("unexpected", extra={"route": route.name, "request_id": request_id})
                response = problem(unexpected(request_id), request_id)
            elapsed = time.perf_counter() - started
            span.set_attribute("http.response.status_code", response.status)
            telemetry.measure_call(route.name, response.status, elapsed, facts)
        _log_call(route, response, request_id, elapsed)
        return HttpResponse(
            status=response.status,
            body=response.body,
            headers={**_private(route), **response.headers, "x-request-id": request_id},
        )

    def request_id(self, headers: Mapping[str, str]) -> str:
        """Give the id that the caller chose for a request, if it is one, or a new one."""
        given = headers.get("x-request-id", "")
        return given if _REQUEST_ID.fullmatch(given) else str(uuid7(self.clock(), self.services.entropy))

    def _answer(self, route: Route, request: HttpRequest, request_id: str) -> HttpResponse:
        binding = bind(route)
        if route.needs == PUBLIC:
            taken = read(route, binding, request)
            return reply(route, request, binding.handle(OpenCall(now=self.clock(), services=self.services), **taken))
        asked = self._asked(route, binding, request, request_id)
        call, result, response = undisturbed(lambda: self._transact(asked))
        if call.events:
            self.services.wake_relay()
        if result is not None and asked.taken.get("wait") == waiting.SEARCHABLE:
            return reply(route, request, waiting.until_searchable(self.services, call, result, self.patience))
        return response

    def _asked(self, route: Route, binding: Binding, request: HttpRequest, request_id: str) -> Asked:
        """Read all that a call needs to know before it begins."""
        credential = credential_of(request, self.services.key_pepper)
        taken = read(route, binding, request)
        expected = preconditions.expected_versions(request.headers)
        if expected is not None and not binding.compares:
            raise BadInput("Nothing here has versions to compare: leave If-Match out.", where="header.If-Match")
        return Asked(
            route=route,
            binding=binding,
            request=request,
            request_id=request_id,
            credential=credential,
            taken=taken,
            key=idempotency.key_of(request),
            expected=expected,
        )

    def _transact(self, asked: Asked) -> tuple[Call, Any, HttpResponse]:
        """Do what is asked in one transaction; gives the call, what its handler gave, and the reply.

        A call that was made before, with the same Idempotency-Key, is not made again: its handler gives nothing.
        """
        route, request, key = asked.route, asked.request, asked.key
        now = self.clock()
        with self.services.database.transaction(entering(asked.credential, now)) as (tx, (found,)):
            call = Call(
                principal=principal_of(asked.credential, found),
                now=now,
                tx=tx,
                services=self.services,
                expected_versions=asked.expected,
            )
            authorize(call.principal, route)
            if key is not None:
                earlier = idempotency.replay(tx, call.principal, key, request, now)
                if earlier is not None:
                    return call, None, earlier
            result = asked.binding.handle(call, **asked.taken)
            response = reply(route, request, result)
            settle(call, audits=route.audits, meters=route.meters, request_id=asked.request_id)
            if key is not None:
                idempotency.keep(call, key, reply(route, request, idempotency.without_secrets(result)))
        return call, result, response


def undisturbed(attempt: Callable[[], T]) -> T:
    """Try again when another transaction got in the way: nothing was stored, and it is gone by then."""
    for _ in range(_TRIES - 1):
        with suppress(Contended):
            return attempt()
    return attempt()


def read(route: Route, binding: Binding, request: HttpRequest) -> dict[str, Any]:
    """Read the request into the handler's arguments."""
    if len(request.body) > route.body_limit:
        raise TooLarge(f"The body is larger than {route.body_limit} bytes: send it in smaller parts.", where="body")
    if request.body and binding.body_type is not None:
        _check_media(request.headers)
        request = unpacked(request, route.body_limit)
    return arguments(binding, request)


def reply(route: Route, request: HttpRequest, result: Any) -> HttpResponse:
    """Write what the handler gave; a version becomes the ETag, and a known one needs no body."""
    if isinstance(result, HttpResponse):
        return result
    if result is None:
        return HttpResponse(status=204)
    headers = dict(_JSON)
    version = preconditions.version_of(result)
    if version is not None:
        headers["etag"] = f'"{version}"'
        known = preconditions.known_versions(request.headers) or frozenset()
        if request.method == "GET" and (version in known or "*" in known):
            return HttpResponse(status=304, headers={"etag": headers["etag"]})
    return HttpResponse(status=route.status, body=_encode(result), headers=headers)


def _check_media(headers: Mapping[str, str]) -> None:
    """Let JSON in UTF-8 pass, as it is; UnsupportedMedia for all else."""
    told = Message()
    told["content-type"] = headers.get("content-type", "")
    media_type, charset = told.get_content_type(), str(told.get_param("charset", "")).lower()
    if not (media_type == "application/json" or media_type.endswith("+json")) or charset not in _UTF_8:
        raise UnsupportedMedia("Send JSON in UTF-8: Content-Type: application/json.", where="header.Content-Type")


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
