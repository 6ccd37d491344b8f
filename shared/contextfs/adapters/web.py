"""Asks addresses that customers chose, and no others: a server must not be made to read its own network.

Each name is resolved once, every address it has must be public, and the connection goes to the one that was looked at,
so that a second answer of the DNS changes nothing. Redirects are not followed, bodies and time are bounded. It does not
keep cookies, and uses no proxy of the environment.
"""

import socket
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import httpx2
import msgspec

from contextfs.kit import cookieless
from contextfs.kit.errors import Invalid, Unavailable

_TIMEOUT: Final = httpx2.Timeout(5.0)
_LIMITS: Final = httpx2.Limits(max_keepalive_connections=0)  # it is asked seldom
_WHOLE_SECONDS: Final = 15.0
"""Whoever sends a byte now and then is never silent for long, and would hold a call for ever."""
_LARGEST: Final = 1 << 20
_OK: Final = 200
_NAT64: Final = IPv6Network("64:ff9b::/96")
_NEVER: Final = (
    IPv6Network("64:ff9b:1::/48"),  # the local use of NAT64 (RFC 8215): it leads wherever its network says
    IPv6Network("::/96"),  # IPv4-compatible (RFC 4291, section 2.5.5.1), the loopback among them
    IPv6Network("::ffff:0:0:0/96"),  # IPv4-translated (RFC 2765)
    IPv6Network("fec0::/10"),  # site-local (RFC 3879)
    IPv4Network("192.0.0.0/24"),  # IETF protocol assignments (RFC 6890)
    IPv4Network("168.63.129.16/32"),  # what Azure answers its machines at
)
"""Not on the public net, though the standard library takes some of it for global."""

_THIS_MACHINE: Final = (IPv4Network("127.0.0.0/8"), IPv6Network("::1"))

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Web:
    """HTTPS to public addresses; and to `inside` networks, and with `loopback` to this machine, by plain HTTP too."""

    def __init__(
        self, *, loopback: bool = False, inside: Sequence[Network] = (), seconds: float = _WHOLE_SECONDS
    ) -> None:
        self._inside = (*inside, *(_THIS_MACHINE if loopback else ()))
        self._seconds = seconds
        self._client = httpx2.Client(
            timeout=_TIMEOUT, limits=_LIMITS, trust_env=False, follow_redirects=False, cookies=cookieless.jar()
        )

    def get(self, url: str, **headers: str) -> Any:
        """Read JSON; Invalid for an address that is not asked, Unavailable when no JSON comes."""
        return self._json(*self._ask("GET", url, headers), url)

    def read(self, url: str, accepts: str) -> bytes:
        """Read a document as it is; Invalid for an address that is not asked, Unavailable when none comes."""
        status, body = self._ask("GET", url, {"accept": f"{accepts}, */*;q=0.1"})
        if status != _OK:
            raise Unavailable(f"{_shown(url)} answers with status {status}: check the address.")
        return body

    def post(self, url: str, fields: Mapping[str, str], **headers: str) -> tuple[int, Any]:
        """Send a form, and read the JSON that comes; gives the status too."""
        status, body = self._ask("POST", url, headers, fields)
        return status, self._json(_OK, body, url)

    def send(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float | None = None) -> int:
        """Post a body, and give the status that comes; what is answered beside it is not read."""
        with self._asked("POST", url, headers, seconds, content=body) as reply:
            return reply.status_code

    def check(self, url: str) -> None:
        """Look whether an address may be asked; Invalid when not."""
        self._place(url)

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], fields: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        with self._asked(method, url, headers, data=fields) as reply:
            body = b""
            for part in reply.iter_raw():
                body += part
                if len(body) > _LARGEST:
                    raise Unavailable(f"{_shown(url)} answers with more than {_LARGEST} bytes.")
            return reply.status_code, body

    @contextmanager
    def _asked(
        self, method: str, url: str, headers: Mapping[str, str], seconds: float | None = None, **given: Any
    ) -> Generator[httpx2.Response]:
        """Ask an address, for as long as the whole may take; Unavailable when it does not answer."""
        parts, address = self._place(url)
        host = f"[{address}]" if address.version == 6 else str(address)
        port = f":{parts.port}" if parts.port else ""
        pinned = parts._replace(netloc=host + port).geturl()
        sent = {"host": parts.netloc, "accept": "application/json", "accept-encoding": "identity", **headers}
        limit = _Limit(self._seconds if seconds is None else min(seconds, self._seconds))
        told = {"sni_hostname": parts.hostname, "trace": limit.follow}
        try:
            with limit, self._client.stream(method, pinned, headers=sent, extensions=told, **given) as reply:
                yield reply
        except httpx2.HTTPError as error:
            reason = "too slow" if limit.is_over else type(error).__name__
            raise Unavailable(f"{_shown(url)} does not answer ({reason}): try again.") from error

    def _place(self, url: str) -> tuple[SplitResult, Address]:
        """Find the one address that a URL stands for here; Invalid when it may not be asked."""
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise Invalid(f"{_shown(url)} is not an address: check it.") from None
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username is not None:
            raise Invalid(f"{_shown(url)} is not asked: give an https:// address.")
        try:
            found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unavailable(f"{parts.hostname} has no address in the DNS: check it, or try again.") from None
        addresses = [ip_address(str(one[4][0]).split("%")[0]) for one in found]
        is_inside = all(any(one in network for network in self._inside) for one in addresses)
        if not is_inside and (parts.scheme != "https" or not all(map(is_public, addresses))):
            raise Invalid(f"{_shown(url)} is not asked: it has to be https, at a public address.")
        return parts, addresses[0]

    @staticmethod
    def _json(status: int, body: bytes, url: str) -> Any:
        if status != _OK:
            raise Unavailable(f"{_shown(url)} answers with status {status}: check the address.")
        try:
            return msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Unavailable(f"{_shown(url)} does not answer with JSON: check the address.") from None


class _Limit:
    """Ends a connection when its time is over, whatever is still being sent or read on it."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self.is_over = False

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def follow(self, event: str, told: Mapping[str, Any]) -> None:
        """Take note of the connection, and of TLS taking its place, as httpcore's extension `trace` names them."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = told["return_value"].get_extra_info("socket")

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):  # it has ended by itself
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # below TLS, which would ask the other side


def is_public(address: Address) -> bool:
    """Tell whether an address is on the public net, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not any(address in network for network in _NEVER)


def _shown(url: str) -> str:
    """Show an address in an error without what may be secret in it."""
    return url.split("?", 1)[0][:200]
