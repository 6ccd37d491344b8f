"""What a region writes on a request that it hands to another one: from where, for whom, when, signed (HMAC-SHA-256).

The header is `v1 from=…;to=…;for=…;at=…;address=…;mac=…`; it is for a call that is forwarded, or for a question that
only regions ask. The signature covers these, the method, the path, the query and the credential, so it is worth nothing
with another. Bodies are not read, and not covered: TLS carries them.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode

from contextfs.kit.errors import NotAllowed
from contextfs.kit.regions import Regions
from contextfs.runtime.border import whose

HEADER = b"x-contextfs-region"
LASTS_SECONDS = 60
"""How far the clocks of two regions, and the way between them, may be apart."""

_FORM = re.compile(
    r"v1 from=(?P<sender>[a-z0-9-]+);to=(?P<to>[a-z0-9-]+);for=(?P<purpose>ask|forward);at=(?P<at>\d{1,12});"
    r"address=(?P<address>[0-9a-f.:]*);mac=(?P<mac>[0-9a-f]{64})"
)
_CREDENTIALS = (b"authorization", b"cookie", b"sec-websocket-protocol", whose.PROXY_KEY)

Purpose = Literal["ask", "forward"]
"""What a request is for: `ask` for the questions of regions, below `/internal`; `forward` for any call of others."""


class Passport(NamedTuple):
    """Which region let a request through, what for, and from which address it came there; None where not known."""

    sender: str
    purpose: Purpose
    address: str | None


class Asked(NamedTuple):
    """What of a request is signed."""

    method: str
    path: str
    headers: Iterable[tuple[bytes, bytes]]
    query: bytes = b""


def write(regions: Regions, to: str, asked: Asked, purpose: Purpose, address: str | None, now: datetime) -> bytes:
    """Write the header of a request that goes to another region."""
    told = f"from={regions.here};to={to};for={purpose};at={int(now.timestamp())};address={address or ''}"
    return f"v1 {told};mac={_mac(regions.key, told, asked)}".encode()


def read(regions: Regions, given: str, asked: Asked, now: datetime) -> Passport:
    """Read the header of a request that comes from another region; NotAllowed when none wrote it, now, for here."""
    match = _FORM.fullmatch(given)
    forged = NotAllowed("This says that a region forwarded it, and none did: leave X-ContextFS-Region out.")
    if match is None or match["to"] != regions.here or match["sender"] not in regions.neighbours:
        raise forged
    told = given.removeprefix("v1 ").rpartition(";")[0]
    genuine = hmac.compare_digest(_mac(regions.key, told, asked), match["mac"])
    if not genuine or abs(now.timestamp() - int(match["at"])) > LASTS_SECONDS:
        raise forged
    purpose: Purpose = "ask" if match["purpose"] == "ask" else "forward"
    return Passport(match["sender"], purpose, match["address"] or None)


def _mac(key: bytes, told: str, asked: Asked) -> str:
    signed = hmac.new(key, digestmod=hashlib.sha256)
    brought = sorted((name.lower(), _plain(value)) for name, value in asked.headers if name.lower() in _CREDENTIALS)
    line = (told.encode(), asked.method.encode(), asked.path.encode(), _read(asked.query))
    for part in (*line, *(b"=".join(one) for one in brought)):
        signed.update(len(part).to_bytes(4, "big") + part)
    return signed.hexdigest()


def _read(query: bytes) -> bytes:
    """Give a query as it is read, every byte of it: who hands it on may spell `/` as `%2F`, and changes nothing."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return urlencode(pairs, encoding="latin-1").encode()


def _plain(value: bytes) -> bytes:
    """Take out what who hands a list on may write in another way."""
    return b",".join(part.strip() for part in value.split(b","))
