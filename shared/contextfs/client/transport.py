"""One call over HTTP: encoded, sent, tried again where that can help, decoded.

Every call that changes something carries an Idempotency-Key, the same in each attempt: it is done once, even when the
reply to the first attempt was lost.
"""

import gzip
import platform
import random
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx2
import msgspec

from contextfs.client.address import Address
from contextfs.client.errors import Unreachable, error_of
from contextfs.client.retries import RETRIED, Retries, asked_pause
from contextfs.kit.errors import ContextFSError, Unavailable

T = TypeVar("T")
_WORTH_PACKING = 64 * 1024
"""Bodies from this size on travel compressed; below, packing costs more than it saves."""

Query = Mapping[str, Any]

VERSION = "0.1.0"

_SAFE = frozenset({"GET", "HEAD"})
_CONNECT_SECONDS = 5.0
_HOPELESS = (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError)
_GENTLE_WORDS: dict[type[httpx2.RequestError], str] = {
    httpx2.ConnectError: "no connection",
    httpx2.ConnectTimeout: "no connection in time",
    httpx2.ReadTimeout: "no answer in time",
    httpx2.WriteTimeout: "the request could not be sent in time",
    httpx2.PoolTimeout: "too many calls at once",
}


class Transport:
    """Calls one server with one key; safe to share between threads. It knows no routes."""

    def __init__(self, address: Address, *, timeout: float, retries: Retries) -> None:
        self.address = address
        self._retries = retries
        self._http = httpx2.Client(
            base_url=address.url,
            headers={
                "authorization": f"Bearer {address.key}",
                "accept": "application/json",
                "user-agent": f"contextfs-python/{VERSION} python/{platform.python_version()}",
            },
            timeout=httpx2.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
            trust_env=not address.is_loopback,
            # Without encryption there is nothing to verify, and loading the certificates costs a quarter of a second.
            verify=address.is_secure,
        )

    @property
    def retries(self) -> Retries:
        """When a call is tried again."""
        return self._retries

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        reply: type[T],
        *,
        query: Query | None = None,
        body: Any = None,
        if_match: str | None = None,
        repeatable: bool = False,
    ) -> T:
        """Make a call and decode its reply; whatever goes wrong is an error of `contextfs.kit.errors`."""
        content = self.send(method, path, query=query, body=body, if_match=if_match, repeatable=repeatable)
        try:
            return msgspec.json.decode(content, type=reply)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            detail = f"{self.address.url} answered {method} {path} with something else than expected ({error})"
            raise ContextFSError(f"{detail}: is it a ContextFS server of this version?") from error

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        if_match: str | None = None,
        repeatable: bool = False,
    ) -> bytes:
        """Make a call and give its reply's body; what is `repeatable` by its nature needs no key against repetition."""
        content = None if body is None else msgspec.json.encode(body)
        headers = _headers(None if repeatable else method, body, if_match)
        if content is not None and len(content) >= _WORTH_PACKING:
            content = gzip.compress(content, compresslevel=1, mtime=0)
            headers["content-encoding"] = "gzip"
        request = self._http.build_request(
            method,
            path,
            params=_texts(query or {}),
            content=content,
            headers=headers,
        )
        for tried in range(1, self._retries.attempts + 1):
            outcome = self._try(request)
            if isinstance(outcome, bytes):
                return outcome
            error, asked, is_worth_it = outcome
            pause = self._retries.pause(tried, asked, random.random()) if is_worth_it else None  # noqa: S311 - no secret
            if pause is None:
                raise error
            time.sleep(pause)
        raise Unavailable(f"{self.address.url} was not called: allow at least one attempt.")

    def _try(self, request: httpx2.Request) -> bytes | tuple[ContextFSError, float | None, bool]:
        """Send a request once: its reply's body, or the error, the wait that is asked for, and whether to repeat."""
        try:
            response = self._http.send(request)
        except httpx2.TransportError as error:
            return self._unreachable(error), None, not isinstance(error, _HOPELESS)
        except httpx2.RequestError as error:
            return self._unreachable(error), None, False
        if response.is_success:
            return response.content
        error = error_of(response.status_code, response.headers.get("content-type", ""), response.content)
        asked = asked_pause(response.headers.get("retry-after"), datetime.now(UTC))
        return error, asked, response.status_code in RETRIED

    def _unreachable(self, error: httpx2.RequestError) -> Unreachable:
        why = _GENTLE_WORDS.get(type(error)) or str(error) or type(error).__name__
        cure = "start it with `ctx up`" if self.address.is_loopback else "check CONTEXTFS_URL and the network"
        unreachable = Unreachable(f"{self.address.url} does not answer ({why}): {cure}.")
        unreachable.__cause__ = error
        return unreachable


def segment(value: UUID | str) -> str:
    """Write an id as one segment of a path, whatever it holds."""
    return quote(str(value), safe="")


def _headers(method: str | None, body: Any, if_match: str | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    if method is not None and method not in _SAFE:
        headers["idempotency-key"] = str(uuid4())
    if body is not None:
        headers["content-type"] = "application/json"
    if if_match is not None:
        headers["if-match"] = "*" if if_match == "*" else f'"{if_match}"'
    return headers


def _texts(query: Query) -> dict[str, list[str]]:
    """Write parameters as a query has them: what is None is left out, a list is named once for each of its values."""
    return {
        name: [_text(one) for one in (_many(value) if isinstance(value, list | tuple) else [value]) if one is not None]
        for name, value in query.items()
    }


def _many(values: Any) -> Sequence[Any]:
    return values


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else str(value)
