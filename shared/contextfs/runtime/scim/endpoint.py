"""The endpoint `/scim/v2`: one request, one transaction with the organization's claims, one audit row.

scim2-server speaks the protocol; the door's steps are taken here in its stead, for SCIM has errors of its own.
"""

import logging
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Final

import msgspec
from anyio import to_thread
from scim2_models import SCIMException, ScimProvider
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService
from scim2_server.utils import load_default_provider
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from contextfs.adapters.scim.quirks import mended
from contextfs.adapters.scim.storage import DirectoryStorage
from contextfs.domain.lockouts.model import Attempt
from contextfs.domain.scim import store
from contextfs.domain.scim.model import PREFIX
from contextfs.journeys.provision import people
from contextfs.kit import tokens
from contextfs.kit.call import Call
from contextfs.kit.errors import ContextFSError, NotAuthenticated
from contextfs.kit.principal import Principal
from contextfs.runtime.allowance.allowance import Bill
from contextfs.runtime.door import lockout
from contextfs.runtime.door.door import Door, undisturbed
from contextfs.runtime.door.entrance import Entrance
from contextfs.runtime.door.settle import settle
from contextfs.runtime.http.address import client_address
from contextfs.runtime.http.problems import headers_of, unexpected
from contextfs.runtime.http.reading import read_body
from contextfs.runtime.table import MIB

_log = logging.getLogger(__name__)
_FAILED: Final = 400
_ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"


@dataclass(frozen=True)
class Asked:
    """A request of a directory: by which token, who pays, and who tries."""

    request: ScimRequest
    token: tokens.Named
    bill: Bill
    address: str | None
    tried: Attempt | None


class Endpoint:
    """An ASGI app: a directory's requests, each as the organization whose token it brings."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            asked = self._asked(request, await read_body(request, MIB))
            address = client_address(request, self._door.services.trusted_hops)
            response = await to_thread.run_sync(partial(self.answer, asked, address))
        except ContextFSError as error:
            response = _error(error)
        body = b"" if response.body is None else msgspec.json.encode(response.body)
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff", **response.headers}
        await Response(body, response.status, headers)(scope, receive, send)

    def answer(self, request: ScimRequest, address: str | None = None) -> ScimResponse:
        """Do what a directory asks; whatever goes wrong, nothing of it is stored."""
        bill = self._door.allowance.bill(1, address)
        response = self._answered(request, bill, address)
        bill.settle(self._door.clock())
        return replace(response, headers={**bill.headers(), **response.headers})

    def _answered(self, request: ScimRequest, bill: Bill, address: str | None) -> ScimResponse:
        try:
            token = self._token(request, bill)
            return self._done(Asked(request, token, bill, address, lockout.attempt(token.org_id, token.id, address)))
        except ContextFSError as error:
            bill.failed(error)
            return _error(error)
        except SCIMException as error:
            return self._service.error_response(error)
        except Exception:  # noqa: BLE001 - nothing may reach the caller but an error of SCIM
            _log.exception("unexpected")
            return _error(unexpected(self._door.request_id({})))

    def _done(self, asked: Asked) -> ScimResponse:
        """Do what is asked; a PATCH that is refused is tried again as Entra ID may have meant it."""
        request = asked.request
        try:
            return undisturbed(lambda: self._transact(asked))
        except NotAuthenticated:
            if asked.tried is not None:
                door = self._door
                lockout.failed(door.services, asked.tried, door.clock(), door.request_id({}))
            raise
        except SCIMException as error:
            other = mended(request.body) if request.method == "PATCH" and error.status == _FAILED else request.body
            if other == request.body:
                raise
        return undisturbed(lambda: self._transact(replace(asked, request=replace(request, body=other))))

    @cached_property
    def _service(self) -> ScimService:
        return ScimService(self._provider)

    @cached_property
    def _provider(self) -> ScimProvider:
        return load_default_provider()

    def _asked(self, request: Request, body: bytes) -> ScimRequest:
        return ScimRequest(
            method=request.method,
            base_url=f"{self._door.services.public_url}/scim/v2",
            path=f"/{request.path_params['path']}",
            query=dict(request.query_params),
            headers=dict(request.headers),
            body=body,
        )

    def _transact(self, asked: Asked) -> ScimResponse:
        services, now = self._door.services, self._door.clock()
        request, token = asked.request, asked.token
        tried = None if asked.bill.is_known else asked.tried
        entrance = Entrance("directories", asked.address, tried)
        with entrance.opened(services.database, store.entering(token, now), now) as (tx, found, let_in):
            if found is None:
                raise NotAuthenticated("This SCIM token does not exist, or was revoked, or has expired.")
            let_in()
            principal = Principal(org_id=token.org_id, actor_id=token.id, actor=f"scim:{token.id}")
            asked.bill.admitted(principal, now)
            call = Call(principal=principal, now=now, tx=tx, services=services)
            storage = DirectoryStorage(
                tx,
                self._provider,
                org_id=token.org_id,
                now=now,
                new_id=call.new_id,
                follow=partial(people.follow, call),
            )
            response = ScimHandler(self._service, storage).handle(request)
            if request.method != "GET":
                call.note(method=request.method, kind=request.path.strip("/").split("/")[0])
                settle(call, audits="directory.changed", meters=None, request_id=self._door.request_id({}))
        return response

    def _token(self, request: ScimRequest, bill: Bill) -> tokens.Named:
        """Read the token, and let pay who is known by it, or else the address."""
        scheme, _, text = (request.header("authorization") or "").partition(" ")
        named = tokens.parse(text.strip(), self._door.services.key_pepper, PREFIX)
        named = named if scheme.lower() == "bearer" else None
        bill.begin(None if named is None else named.hash, self._door.clock())
        if named is None:
            raise NotAuthenticated("Send the directory's token: Authorization: Bearer ctxs_…")
        return named


def _error(error: ContextFSError) -> ScimResponse:
    body: dict[str, Any] = {"schemas": [_ERROR], "status": str(error.status), "detail": error.detail}
    return ScimResponse(status=error.status, body=body, headers=headers_of(error))  # pyright: ignore[reportArgumentType]
