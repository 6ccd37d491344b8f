"""Which organization a request names, by its credential or its address. Nothing of it is believed yet."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from starlette.types import Scope

from contextfs.domain.sources import address
from contextfs.kit import tokens
from contextfs.kit.errors import NotFound
from contextfs.recording.headers import KEY_HEADER
from contextfs.runtime.http import cookies
from contextfs.runtime.streaming.endpoint import KEY_PROTOCOL
from contextfs.runtime.table import PROXY

Raw = Iterable[tuple[bytes, bytes]]

PROXY_KEY = KEY_HEADER.encode()
"""Says who calls below the proxy of models, where `Authorization` is the model's own."""
_TELLING = {b"x-request-id", b"user-agent"}
_CARRIED = _TELLING | {b"authorization", b"cookie"}
SOURCE = re.compile(r"/v1/ingest/(src_[0-9A-Za-z]+)")


def organization(scope: Scope, public_url: str) -> UUID | None:
    """Tell whose call it is; None where nothing that it brings names an organization.

    What a form says (a code of OAuth, an answer of SAML) is not read: such a sign-in began at one region's own address,
    and ends there.
    """
    found = (tokens.organization_of(text) for text in _credentials(scope, public_url))
    named = next((one for one in found if one is not None), None)
    return named or _of_source(scope["path"])


def is_proxied(path: str) -> bool:
    """Tell whether a request is for a model: there the key stands in a header of ours, and nothing else counts."""
    return path.startswith(f"{PROXY}/")


def credentials(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Give what says who calls, as headers of any request: a key may stand among subprotocols, or be the proxy's."""
    if is_proxied(scope["path"]):
        kept: list[tuple[bytes, bytes]] = [pair for pair in scope["headers"] if pair[0].lower() in _TELLING]
        return [*kept, (b"authorization", f"Bearer {_proxy_key(scope)}".encode("latin-1"))]
    raw: list[tuple[bytes, bytes]] = [pair for pair in scope["headers"] if pair[0].lower() in _CARRIED]
    offered: list[str] = scope.get("subprotocols", [])
    key = next((one.removeprefix(KEY_PROTOCOL) for one in offered if one.startswith(KEY_PROTOCOL)), None)
    if key is not None and header(raw, b"authorization") is None:
        raw.append((b"authorization", f"Bearer {key}".encode()))
    return raw


def header(raw: Raw, name: bytes) -> str | None:
    """Read a header's last value."""
    given = [value for key, value in raw if key.lower() == name]
    return given[-1].decode("latin-1") if given else None


def _credentials(scope: Scope, public_url: str) -> Iterator[str]:
    if is_proxied(scope["path"]):
        yield _proxy_key(scope)
        return
    raw: Any = scope["headers"]
    scheme, _, text = (header(raw, b"authorization") or "").partition(" ")
    if scheme.lower() == "bearer":
        yield text.strip()
    offered: list[str] = scope.get("subprotocols", [])
    yield from (one.removeprefix(KEY_PROTOCOL) for one in offered if one.startswith(KEY_PROTOCOL))
    cookie = cookies.read({"cookie": header(raw, b"cookie") or ""}, cookies.LOGIN, public_url)
    if cookie is not None:
        yield cookie


def _proxy_key(scope: Scope) -> str:
    return (header(scope["headers"], PROXY_KEY) or "").strip()


def _of_source(path: str) -> UUID | None:
    match = SOURCE.fullmatch(path)
    with suppress(NotFound):
        return None if match is None else address.read(match[1]).org_id
    return None
