"""Reads TXT records. It asks over TCP, whose answers cannot be forged from afar by guessing."""

from typing import Final

import dns.exception
import dns.resolver

from contextfs.kit.errors import Unavailable

_SECONDS: Final = 5.0
_PORT: Final = 53


def texts(domain: str, server: str | None) -> list[str]:
    """Read the TXT records of a domain, none where there are none; Unavailable when the DNS does not answer."""
    try:
        resolver = dns.resolver.Resolver(configure=server is None)
        if server is not None:
            host, _, port = server.rpartition(":")
            resolver.nameservers, resolver.port = [host or server], int(port) if host else _PORT
        answer = resolver.resolve(f"{domain}.", "TXT", tcp=True, lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise Unavailable(f"The DNS does not answer for {domain} ({type(error).__name__}): try again.") from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
