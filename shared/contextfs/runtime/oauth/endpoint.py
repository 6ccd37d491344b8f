"""The endpoints of OAuth in the gateway: a form in, JSON or a page out, and errors as the standard names them."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Path

from contextfs.journeys.signin.hosted import CALLBACK
from contextfs.kit.call import OpenCall
from contextfs.kit.errors import ContextFSError
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.address import client_address
from contextfs.runtime.http.problems import headers_of, unexpected
from contextfs.runtime.oauth import answers, authorizing, devices, home, hosted, joining, pages, signing_in
from contextfs.runtime.oauth.answers import Refused
from contextfs.runtime.oauth.browser import Browser
from contextfs.runtime.oauth.clients import registered
from contextfs.runtime.oauth.exchange import GRANT, exchange
from contextfs.runtime.oauth.metadata import RESOURCE_METADATA, resource_metadata, server_metadata
from contextfs.runtime.oauth.places import HOME, LOGIN, LOGOUT, SERVICE
from contextfs.runtime.oauth.tokens import GRANTS, revoke
from contextfs.runtime.table import Route

_log = logging.getLogger(__name__)
T = TypeVar("T")
Fields = dict[str, str]
Endpoint = Callable[[Request], Awaitable[Response]]
DEVICE: Final = "/oauth/device_authorization"
TOKEN: Final = "/oauth/token"  # noqa: S105 - its path
REVOKE: Final = "/oauth/revoke"
REGISTER: Final = "/oauth/register"
METADATA: Final = "/.well-known/oauth-authorization-server"


def hung(door: Door, routes: Sequence[Route]) -> list[Path]:
    """Hang them."""
    return [
        Path(METADATA, _read(lambda: server_metadata(door.services.public_url))),
        Path(RESOURCE_METADATA, _read(lambda: resource_metadata(door.services.public_url))),
        Path(f"{RESOURCE_METADATA}/mcp", _read(lambda: resource_metadata(door.services.public_url))),
        Path(REGISTER, _registers(door), methods=["POST"]),
        Path(authorizing.PAGE, _shown(door, routes, partial(authorizing.show, door.services)), methods=["GET"]),
        Path(authorizing.PAGE, _shown(door, routes, partial(authorizing.decide, door.services)), methods=["POST"]),
        Path(DEVICE, _programs(door, devices.ask), methods=["POST"]),
        Path(
            TOKEN,
            _programs(door, partial(_token, {**GRANTS, GRANT: partial(exchange, door, routes)})),
            methods=["POST"],
        ),
        Path(REVOKE, _programs(door, revoke), methods=["POST"]),
        Path(LOGIN, _shown(door, routes, signing_in.begin), methods=["GET"]),
        Path(LOGIN, _shown(door, routes, signing_in.sign_in), methods=["POST"]),
        Path(LOGOUT, _shown(door, routes, signing_in.sign_out), methods=["POST"]),
        Path(SERVICE, _shown(door, routes, hosted.begin), methods=["GET"]),
        Path(SERVICE, _shown(door, routes, hosted.take_on), methods=["POST"]),
        Path(CALLBACK, _shown(door, routes, hosted.back), methods=["GET"]),
        Path(HOME, _shown(door, routes, home.show), methods=["GET"]),
        Path(joining.PAGE, _shown(door, routes, joining.show), methods=["GET"]),
        Path(joining.PAGE, _shown(door, routes, joining.join), methods=["POST"]),
        Path(devices.PAGE, _shown(door, routes, devices.show), methods=["GET"]),
        Path(devices.PAGE, _shown(door, routes, devices.decide), methods=["POST"]),
    ]


def _token(grants: Mapping[str, Callable[[OpenCall, Fields], Any]], call: OpenCall, fields: Fields) -> dict[str, Any]:
    grant = fields.get("grant_type", "")
    if grant not in grants:
        raise Refused("unsupported_grant_type", f"grant_type is one of {', '.join(grants)}.")
    return grants[grant](call, fields)


def _read(make: Callable[[], Any]) -> Endpoint:
    async def answer(_request: Request) -> Response:
        return answers.json(make(), headers={"access-control-allow-origin": "*"})

    return answer


def _programs(door: Door, act: Callable[[OpenCall, Fields], Any]) -> Endpoint:
    """Answer a program: a form in, JSON out."""

    async def answer(request: Request) -> Response:
        try:
            fields = await answers.form_of(request)
            made = await _paid(door, request, lambda: act(_call(door, request), fields))
        except Refused as refused:
            return answers.refusal(refused)
        except ContextFSError as error:
            return answers.refusal(Refused.of(error))
        except Exception:  # noqa: BLE001 - nothing may reach the caller but an error of the standard
            return answers.refusal(Refused("server_error", _fault(door, request), 500))
        return answers.json(made)

    return answer


def _registers(door: Door) -> Endpoint:
    """Answer a program that registers: JSON in, JSON out (RFC 7591)."""

    async def answer(request: Request) -> Response:
        try:
            body = await answers.body_of(request)
            return answers.json(await _paid(door, request, lambda: registered(door.services, body)), 201)
        except Refused as refused:
            return answers.refusal(refused)
        except ContextFSError as error:
            return answers.refusal(Refused.of(error))

    return answer


def _shown(door: Door, routes: Sequence[Route], act: Callable[[Browser, Fields], Response]) -> Endpoint:
    """Answer a person: a query or a form in, a page out."""

    async def answer(request: Request) -> Response:
        try:
            is_form = request.method == "POST"
            fields = await answers.form_of(request) if is_form else answers.fields_of(request.url.query)
            return await _paid(door, request, lambda: act(Browser(door, routes, request), fields))
        except Refused as refused:
            return pages.message("This cannot be done", refused.description, status=refused.status)
        except ContextFSError as error:
            told = pages.message("This cannot be done", error.detail, status=error.status)
            told.headers.update(headers_of(error))
            return told
        except Exception:  # noqa: BLE001 - as above
            return pages.message("This cannot be done", _fault(door, request), status=500)

    return answer


async def _paid(door: Door, request: Request, work: Callable[[], T]) -> T:
    """Do something for which the address that asks pays; TooManyRequests when it cannot."""

    def pay() -> T:
        bill = door.allowance.bill(1, client_address(request, door.services.trusted_hops))
        try:
            bill.begin(None, door.clock())
            return work()
        finally:
            bill.settle(door.clock())

    return await run_in_threadpool(pay)


def _call(door: Door, request: Request) -> OpenCall:
    address = client_address(request, door.services.trusted_hops)
    return door.open(request.headers, door.request_id(request.headers), address)


def _fault(door: Door, request: Request) -> str:
    request_id = door.request_id(request.headers)
    _log.exception("unexpected", extra={"request_id": request_id})
    return unexpected(request_id).detail
