"""One call over HTTP: encode, send, try again if that can help, decode.

Every call that changes something has an Idempotency-Key, the same in each attempt: it is done once, even if the reply
to the first attempt was lost.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec

from contextfs.client.http.errors import Unreachable, error_of
from contextfs.client.http.line import Broken, Headers, Line
from contextfs.client.http.loopback import Loopback
from contextfs.client.http.retries import RETRIED, Retries, asked_pause, chance
from contextfs.client.login.address import Address
from contextfs.kit.errors import ContextFSError, Invalid, Unavailable
from contextfs.kit.pattern import pattern

T = TypeVar("T")
_WORTH_PACKING = 64 * 1024
"""Bodies from this size on travel compressed to other machines; below, packing costs more than it saves."""

Query = Mapping[str, Any]

VERSION = "0.1.0"

_NO_HEADER = pattern(r"[^\t -~]")
"""What the value of a header is not made of: RFC 9110 allows more, but gives it no meaning."""
_SAFE = frozenset({"GET", "HEAD"})
_SUCCESS = range(200, 300)


class Transport:
    """Calls one server with one key; safe to share between threads. It knows no routes."""

    def __init__(self, address: Address, *, timeout: float, retries: Retries) -> None:
        """Make the line to the server. Invalid if the key cannot be sent."""
        _check_key(address.key)
        self.address = address
        self._timeout = timeout
        self._retries = retries
        common = {
            "authorization": f"Bearer {address.key}",
            "accept": "application/json",
            "user-agent": f"contextfs-python/{VERSION} python/{'.'.join(map(str, sys.version_info[:3]))}",
        }
        self._line, self._packs = _line(address, common, timeout=timeout)

    @property
    def retries(self) -> Retries:
        """When a call is tried again."""
        return self._retries

    def apart(self, *, attempts: int) -> "Transport":
        """Return another one for the same server, with its own connections and at most `attempts` for each call."""
        retries = msgspec.structs.replace(self._retries, attempts=attempts)
        return Transport(self.address, timeout=self._timeout, retries=retries)

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

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
        """Make a call and decode its reply; any failure is an error of `contextfs.kit.errors`."""
        content = self.send(method, path, query=query, body=body, if_match=if_match, repeatable=repeatable)
        try:
            return msgspec.json.decode(content, type=reply)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            detail = f"{self.address.url} answered {method} {path} with an unexpected reply ({error})"
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
        """Make a call and return its reply's body; a `repeatable` call needs no Idempotency-Key."""
        content = None if body is None else msgspec.json.encode(body)
        headers = _headers(None if repeatable else method, body, if_match)
        if self._packs and content is not None and len(content) >= _WORTH_PACKING:
            content = _packed(content)
            headers["content-encoding"] = "gzip"
        target = _target(path, query or {})
        for tried in range(1, self._retries.attempts + 1):
            outcome = self._try(method, target, content, headers)
            if isinstance(outcome, bytes):
                return outcome
            error, asked, is_worth_it = outcome
            pause = self._retries.pause(tried, asked, chance()) if is_worth_it else None
            if pause is None:
                raise error
            time.sleep(pause)
        raise Unavailable(f"{self.address.url} was not called: allow at least one attempt.")

    def _try(
        self, method: str, target: str, content: bytes | None, headers: Headers
    ) -> bytes | tuple[ContextFSError, float | None, bool]:
        """Send a request once: its reply's body, or the error, the wait that is asked for, and whether to repeat."""
        try:
            answer = self._line.send(method, target, content, headers)
        except Broken as broken:
            return self._unreachable(broken), None, broken.may_help
        if answer.status in _SUCCESS:
            return answer.content
        error = error_of(answer.status, answer.media_type, answer.content)
        return error, asked_pause(answer.retry_after, datetime.now(UTC)), answer.status in RETRIED

    def _unreachable(self, broken: Broken) -> Unreachable:
        here = "start it with `ctx up`, or check CONTEXTFS_URL where that names another server"
        cure = here if self.address.is_loopback else "check CONTEXTFS_URL and the network"
        unreachable = Unreachable(f"{self.address.url} does not answer ({broken}): {cure}.")
        unreachable.__cause__ = broken
        return unreachable


def _check_key(key: str) -> None:
    wrong = _NO_HEADER.search(key)
    if wrong:
        which = f"{wrong[0]!r} in place {wrong.start() + 1}"
        cure = "copy it again, or log in by `ctx auth login`"
        raise Invalid(f"The API key has a character that HTTP does not allow ({which}): {cure}.", where="key")


def _line(address: Address, headers: Headers, *, timeout: float) -> tuple[Line, bool]:
    """Make the line that an address needs; say whether bodies are worth compressing on it."""
    near = Loopback.to(address.url, headers, timeout=timeout)
    if near is not None:
        return near, False
    from contextfs.client.http.library import Library  # noqa: PLC0415 - takes longer to load than a call on this machine

    return Library(address, headers, timeout=timeout), True


def segment(value: UUID | str) -> str:
    """Write an id as one segment of a path, whatever it contains."""
    if isinstance(value, UUID):
        return str(value)
    from urllib.parse import quote  # noqa: PLC0415 - an id has nothing to quote

    return quote(value, safe="")


def _headers(method: str | None, body: Any, if_match: str | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    if method is not None and method not in _SAFE:
        headers["idempotency-key"] = str(uuid4())
    if body is not None:
        headers["content-type"] = "application/json"
    if if_match is not None:
        if _NO_HEADER.search(if_match):
            cure = "pass the `version` that was read"
            raise Invalid(f"if_match is {if_match!r}, which is not a version: {cure}.", where="if_match")
        headers["if-match"] = "*" if if_match == "*" else f'"{if_match}"'
    return headers


def _packed(content: bytes) -> bytes:
    import gzip  # noqa: PLC0415 - few bodies are long

    return gzip.compress(content, compresslevel=1, mtime=0)


def _target(path: str, query: Query) -> str:
    """Append a query to a path: None is left out, and a list repeats its name for each value."""
    texts = [
        (name, _text(one))
        for name, value in query.items()
        for one in (_many(value) if isinstance(value, list | tuple) else [value])
        if one is not None
    ]
    if not texts:
        return path
    from urllib.parse import urlencode  # noqa: PLC0415 - many calls have no query

    return f"{path}?{urlencode(texts)}"


def _many(values: Any) -> Sequence[Any]:
    return values


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else str(value)
