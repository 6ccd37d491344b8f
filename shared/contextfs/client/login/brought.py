"""Allow a device with an ID token of the installation's own sign-in service, without a browser.

The token is exchanged for a login, which allows the device for its person, and then ends.
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
    """Return the sign-in service of a server; None if it has none, or does not say."""
    with suppress(ContextFSError, msgspec.DecodeError):
        return msgspec.json.decode(_sent(http, "GET", f"{url}/v1/auth/sign-in").content, type=SignIn).service
    return None


def allow(http: httpx2.Client, url: str, shown: Shown, wanted: Exchange) -> None:
    """Allow one's own device. NotAuthenticated and NotAllowed say why the token does not let anybody in.

    `http` keeps the cookie of the login meanwhile.
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
