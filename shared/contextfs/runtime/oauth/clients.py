"""Programs that ask to be let in: who they say they are, and where their answers may go.

A program is known by the address of a document that it publishes about itself (OAuth Client ID Metadata Document),
which is read when it asks; or it registered (RFC 7591). What it registered stands in its id, sealed with a secret of
this server: nothing is stored for who has not been let in by anybody. No program has a secret; what counts is PKCE.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from typing import Annotated, Any, Final
from urllib.parse import SplitResult, urlsplit

import msgspec
from msgspec import Meta

from contextfs.kit.call import Services
from contextfs.kit.errors import ContextFSError, TooManyRequests, Unavailable
from contextfs.kit.pepper import is_by_any
from contextfs.runtime.oauth.answers import Refused

_PREFIX: Final = "ctxc."
_PURPOSE: Final = b"oauth client\n"
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_HOST = re.compile(r"[0-9a-z.:_-]+")
"""Of an address, or a name in the DNS: a browser takes other signs for the end of it, or for another one."""
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_NEVER: Final = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "ws", "wss", "ftp", "mailto", "view-source"}
)
_LONGEST_NAME = 100

_Uri = Annotated[str, Meta(min_length=1, max_length=500)]


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A program: its id, what it calls itself, who vouches for that, and where answers to it may go."""

    id: str
    name: str
    voucher: str
    redirect_uris: tuple[str, ...]

    def takes(self, redirect_uri: str) -> bool:
        """Tell whether an answer may go to an address: one that it named; on this machine at any port (RFC 8252)."""
        return redirect_uri in self.redirect_uris or (
            _is_loopback(redirect_uri)
            and any(_but_for_port(one) == _but_for_port(redirect_uri) for one in self.redirect_uris)
        )


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a program tells of itself; all else that it tells changes nothing here."""

    redirect_uris: Annotated[list[_Uri], Meta(min_length=1, max_length=10)]
    client_id: str | None = None
    client_name: str | None = None
    token_endpoint_auth_method: str | None = None


class _Sealed(msgspec.Struct, frozen=True, array_like=True):
    name: str
    redirect_uris: tuple[str, ...]


def registered(services: Services, body: bytes) -> dict[str, Any]:
    """Register a program; gives its id, and what was taken of what it told."""
    told = _told(body)
    named = _Sealed(_name(told.client_name), tuple(told.redirect_uris))
    for uri in named.redirect_uris:
        _check(uri)
    said = msgspec.json.encode(named)
    return {
        "client_id": f"{_PREFIX}{_text(said)}.{_text(_mac(services, said))}",
        "client_name": named.name,
        "redirect_uris": list(named.redirect_uris),
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    }


def client_of(services: Services, client_id: str) -> Client:
    """Find a program; Refused when it is none."""
    if client_id.startswith(_PREFIX):
        return _sealed(services, client_id)
    parts = _parts(client_id)
    if parts.scheme in {"https", "http"} and parts.path not in {"", "/"} and not parts.fragment:
        return _published(services, client_id, parts)
    raise Refused(
        "invalid_client", "client_id is neither the address of a program's metadata, nor registered here.", 401
    )


def _sealed(services: Services, client_id: str) -> Client:
    said, _, mac = client_id.removeprefix(_PREFIX).partition(".")
    try:
        content, sealed = _bytes(said), _bytes(mac)
    except (ValueError, binascii.Error):
        content, sealed = b"", b""
    if not is_by_any(services.key_pepper, _PURPOSE + content, sealed):
        raise Refused("invalid_client", "This client_id was not registered here: register again.", 401)
    named = msgspec.json.decode(content, type=_Sealed)
    try:
        for uri in named.redirect_uris:  # what was sealed before something was refused
            _check(uri)
    except Refused as refused:
        raise Refused("invalid_client", f"{refused.description} Register again.", 401) from None
    return Client(id=client_id, name=named.name, voucher="", redirect_uris=named.redirect_uris)


def _published(services: Services, client_id: str, parts: SplitResult) -> Client:
    """Read what a program publishes about itself, at its own address."""
    if services.identity is None:
        raise Unavailable("This server reads no metadata of programs: register at /oauth/register.")
    try:
        with services.waiting.programs.taken(parts.hostname):
            published = services.identity().read(client_id)
        told = msgspec.convert(published, Told)
    except TooManyRequests:
        raise
    except (msgspec.ValidationError, ContextFSError) as error:
        raise Refused("invalid_client", f"The metadata of the program cannot be read: {error}", 401) from None
    if told.client_id != client_id:
        raise Refused(
            "invalid_client", "The metadata of the program names another client_id than its own address.", 401
        )
    for uri in told.redirect_uris:
        _check(uri)
    voucher = parts.netloc
    return Client(id=client_id, name=_name(told.client_name), voucher=voucher, redirect_uris=tuple(told.redirect_uris))


def _told(body: bytes) -> Told:
    try:
        return msgspec.json.decode(body, type=Told)
    except msgspec.DecodeError as error:
        raise Refused("invalid_client_metadata", f"{error}.") from None


def _check(uri: str) -> None:
    """Refuse an address to which no answer may go: plain HTTP elsewhere, a script, a fragment."""
    parts = _parts(uri)
    fine = (
        bool(_SCHEME.fullmatch(parts.scheme)) and parts.scheme not in _NEVER and not parts.fragment and "#" not in uri
    )
    if parts.scheme in {"http", "https"}:
        fine = fine and bool(_HOST.fullmatch(parts.hostname or "")) and parts.username is None
        fine = fine and (parts.scheme == "https" or parts.hostname in _LOOPBACK)
    if not fine or not uri.isascii() or "\\" in uri or any(one <= " " for one in uri):
        raise Refused(
            "invalid_redirect_uri", f"No answer goes to {uri[:200]!r}: use https, this machine, or an own scheme."
        )


def _name(told: str | None) -> str:
    return "".join(one for one in told or "" if one.isprintable()).strip()[:_LONGEST_NAME] or "A program without a name"


def _is_loopback(uri: str) -> bool:
    parts = _parts(uri)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and parts.username is None


def _but_for_port(uri: str) -> Sequence[object]:
    parts = _parts(uri)
    return (parts.scheme, parts.hostname, parts.path, parts.query, parts.fragment, parts.username)


def _parts(uri: str) -> SplitResult:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def _mac(services: Services, said: bytes) -> bytes:
    return hmac.digest(services.key_pepper, _PURPOSE + said, "sha256")


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
