"""Let a device in by an ID token of the installation's own sign-in service: no browser is needed where one has a token.

The token is changed for a login; that says of the device that it is its person's, and ends.
"""

from contextlib import suppress
from http import HTTPStatus

import httpx2
import msgspec

from contextfs.client.http.errors import Unreachable, error_of
from contextfs.client.http.retries import patiently
from contextfs.client.login.device import Shown
from contextfs.domain.devices.model import Decision
from contextfs.domain.logins.model import Exchange, Myself, SignIn
from contextfs.kit.errors import ContextFSError
from contextfs.kit.identity import ServicePlace


def service_of(http: httpx2.Client, url: str) -> ServicePlace | None:
    """Tell which sign-in service a server has; None where it has none, or does not tell."""
    with suppress(ContextFSError, msgspec.DecodeError):
        return msgspec.json.decode(_sent(http, "GET", f"{url}/v1/auth/sign-in").content, type=SignIn).service
    return None


def allow(http: httpx2.Client, url: str, shown: Shown, wanted: Exchange) -> None:
    """Say that a device is one's own; NotAuthenticated or NotAllowed tells why the token lets nobody in.

    `http` keeps the cookie of the login for as long as that takes.
    """
    _sent(http, "POST", f"{url}/v1/auth/exchange", wanted)
    me = msgspec.json.decode(_sent(http, "GET", f"{url}/v1/auth/me").content, type=Myself)
    token = me.csrf_token or ""
    _sent(http, "POST", f"{url}/v1/auth/devices", Decision(user_code=shown.user_code, allow=True), token)
    _sent(http, "POST", f"{url}/v1/auth/logout", None, token)


def _sent(
    http: httpx2.Client, method: str, url: str, body: msgspec.Struct | None = None, csrf: str = ""
) -> httpx2.Response:
    headers = {"content-type": "application/json"} | ({"x-csrf-token": csrf} if csrf else {})
    content = None if body is None else msgspec.json.encode(body)
    try:
        reply = patiently(lambda: http.request(method, url, content=content, headers=headers))
    except httpx2.TransportError as error:
        raise Unreachable(f"{url} does not answer ({type(error).__name__}): is the address right?") from error
    if reply.status_code >= HTTPStatus.BAD_REQUEST:
        raise error_of(reply.status_code, reply.headers.get("content-type", ""), reply.content)
    return reply
