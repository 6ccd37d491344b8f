"""Log in as a device does (OAuth 2.0 device authorization grant, RFC 8628): a person allows it in a browser."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import msgspec

from contextfs.client.http.errors import Unreachable
from contextfs.client.http.retries import RETRIED, patiently
from contextfs.kit.errors import NotAuthenticated, Unavailable

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_CLIENT = "ctx"
_OK, _ABSENT = 200, 404
_SLOWER = 5


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a person needs to allow the device: a code, and where to enter it. Times are in seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """The key that was made, and when it ends."""

    key: str
    until: datetime | None


class _Token(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str = ""
    expires_in: int = 0
    error: str = ""
    error_description: str = ""


def begin(http: httpx2.Client, url: str, name: str) -> Shown:
    """Ask to be let in under a name. Unreachable or Unavailable if the server cannot do this."""
    reply = _post(http, f"{url}/oauth/device_authorization", {"client_id": _CLIENT, "device_name": name})
    if reply.status_code == _ABSENT:
        raise Unavailable(f"{url} lets no devices in by a browser: log in with an API key, `ctx auth login --key`.")
    if reply.status_code in RETRIED:
        raise Unavailable(f"{url} lets nobody in just now ({reply.status_code}): try again in a minute.")
    try:
        return msgspec.json.decode(reply.content, type=Shown)
    except msgspec.DecodeError:
        raise Unavailable(f"{url} answered {reply.status_code}, and not as ContextFS does: is it right?") from None


def wait(http: httpx2.Client, url: str, shown: Shown, sleep: Callable[[float], object] | None = None) -> Granted:
    """Ask until somebody has decided. NotAuthenticated if it was refused, or nobody decided in time.

    A server that does not answer for a moment is asked again, as the standard says.
    """
    pause = shown.interval
    until = time.monotonic() + shown.expires_in
    while time.monotonic() < until:
        (sleep or time.sleep)(pause)
        try:
            told = _asked(http, url, shown.device_code)
        except Unreachable:
            pause *= 2
            continue
        if told.access_token:
            lasts = timedelta(seconds=told.expires_in)
            return Granted(key=told.access_token, until=datetime.now(UTC) + lasts if told.expires_in else None)
        if told.error == "slow_down":
            pause += _SLOWER
        elif told.error != "authorization_pending":
            raise NotAuthenticated(_refusal(told))
    raise NotAuthenticated("Nobody allowed it in time: begin again.")


def give_back(http: httpx2.Client, url: str, key: str) -> None:
    """End a key that a login made. Unreachable if the server does not answer."""
    _post(http, f"{url}/oauth/revoke", {"token": key})


def _asked(http: httpx2.Client, url: str, code: str) -> _Token:
    reply = _post(http, f"{url}/oauth/token", {"grant_type": _GRANT, "client_id": _CLIENT, "device_code": code})
    if reply.status_code in RETRIED:
        raise Unreachable(f"{url} answered {reply.status_code}.")
    try:
        return msgspec.json.decode(reply.content, type=_Token)
    except msgspec.DecodeError:
        raise Unreachable(f"{url} answered {reply.status_code}.") from None


def _refusal(told: _Token) -> str:
    words = {
        "access_denied": "It was refused in the browser.",
        "expired_token": "Nobody allowed it in time: begin again.",
    }
    return words.get(told.error, told.error_description or told.error)


def _post(http: httpx2.Client, url: str, fields: dict[str, Any]) -> httpx2.Response:
    try:
        return patiently(lambda: http.post(url, data=fields))
    except httpx2.TransportError as error:
        raise Unreachable(f"{url} does not answer ({type(error).__name__}): is the address right?") from None
