"""From which address a request came, behind as many proxies as are trusted, and no more."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection


def client_address(connection: "HTTPConnection", hops: int) -> str | None:
    """Give the address of who calls, or None when it is not known; `hops` is how many proxies of ours stand between."""
    forwarded = ",".join(connection.headers.getlist("x-forwarded-for"))
    return believed(connection.client.host if connection.client else None, forwarded, hops)


def believed(peer: str | None, forwarded: str, hops: int) -> str | None:
    """Choose among who opened the connection and what X-Forwarded-For says.

    Each proxy of ours adds one address at its end. What stands before those was written by anybody, and is not looked
    at. Of a request that passed fewer proxies than there are, the address is who opened the connection.
    """
    passed = forwarded.split(",")
    told = _plain(passed[-hops]) if 0 < hops <= len(passed) else None
    return told or _plain(peer)


def network(address: str) -> str:
    """Give what counts as one address: of IPv6 the /64 that a customer has."""
    known = ip_address(address)
    if isinstance(known, IPv6Address):
        return str(ip_network((known, 64), strict=False))
    return str(known)


def _plain(text: str | None) -> str | None:
    """Read an address; some proxies write a port behind it, and IPv6 in brackets."""
    text = (text or "").strip()
    for form in (text, text.partition("]")[0].removeprefix("["), text.rpartition(":")[0]):
        try:
            known = ip_address(form.partition("%")[0])
        except ValueError:
            continue
        return str(getattr(known, "ipv4_mapped", None) or known)
    return None
