"""Signatures of webhooks: that a body was sent by who knows the secret, and when.

- `standard`: Standard Webhooks 1.0 (https://www.standardwebhooks.com): `webhook-id`, `webhook-timestamp` and one or
  several `webhook-signature: v1,<base64>` over `id.timestamp.body`. A secret `whsec_<base64>` stands for its bytes.
- `github`: `X-Hub-Signature-256: sha256=<hex>` over the body. It says no time: a delivery is known by its body.
- `slack`: `X-Slack-Signature: v0=<hex>` over `v0:<X-Slack-Request-Timestamp>:body`.

The last two take any text for a secret: ours is one of `kit/tokens.py`, that leak scanners and redaction know.
All are HMAC-SHA-256. A time may differ from ours by five minutes, as the first and the last demand.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from contextfs.domain.sources.model import Scheme
from contextfs.kit import tokens
from contextfs.kit.errors import BadInput, NotAuthenticated
from contextfs.kit.ids import Entropy

TOLERANCE_SECONDS = 300
_KIND = "ctxw"
_PREFIX = "whsec_"
_SECRET_BYTES = 24
_LONGEST_ID = 200


def mint(scheme: Scheme, org_id: UUID, source_id: UUID, entropy: Entropy) -> str:
    """Make the secret of a source."""
    return mint_standard(entropy) if scheme == "standard" else tokens.mint(_KIND, org_id, source_id, entropy)


def mint_standard(entropy: Entropy) -> str:
    """Make a secret of the scheme `standard`."""
    return _PREFIX + base64.b64encode(entropy(_SECRET_BYTES)).decode()


def verified(scheme: Scheme, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Check a signature by any of the secrets; gives what the delivery is known by, were it sent again.

    NotAuthenticated when it is missing, false or of another time. Header names are in lower case.
    """
    match scheme:
        case "standard":
            return _standard(secrets, headers, body, now)
        case "github":
            _check(_given(headers, "x-hub-signature-256"), [_hex("sha256=", _bytes(one), body) for one in secrets])
        case "slack":
            at = _timely(headers, "x-slack-request-timestamp", now)
            signed = f"v0:{at}:".encode() + body
            _check(_given(headers, "x-slack-signature"), [_hex("v0=", _bytes(one), signed) for one in secrets])
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def signed(secret: str, delivery: str, at: datetime, body: bytes, *, former: str | None = None) -> dict[str, str]:
    """Sign a body in the scheme `standard`, by a former secret too where there is one; gives the three headers."""
    moment = str(int(at.timestamp()))
    told = f"{delivery}.{moment}.".encode() + body
    macs = [_mac(_standard_key(one), told) for one in (secret, former) if one is not None]
    return {
        "webhook-id": delivery,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs),
    }


def _standard(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    delivery = _given(headers, "webhook-id")
    at = _timely(headers, "webhook-timestamp", now)
    told = f"{delivery}.{at}.".encode("latin-1") + body
    good = [f"v1,{base64.b64encode(_mac(_standard_key(one), told)).decode()}" for one in secrets]
    _check(_given(headers, "webhook-signature"), good)
    if len(delivery) > _LONGEST_ID:
        raise BadInput(f"webhook-id takes {_LONGEST_ID} characters at the most.", where="header.webhook-id")
    return delivery


def _check(given: str, good: Sequence[str]) -> None:
    """Compare without telling, by the time it takes, how much was right."""
    if not any(hmac.compare_digest(one.encode("latin-1"), mine.encode()) for one in given.split() for mine in good):
        detail = "The signature is not that of this body by the source's secret: check the secret, sign the raw body."
        raise NotAuthenticated(detail)


def _given(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value:
        raise NotAuthenticated(
            f"This source signs what it sends: the header {name} is missing.", where=f"header.{name}"
        )
    return value


def _timely(headers: Mapping[str, str], name: str, now: datetime) -> str:
    text = _given(headers, name)
    plain = text.isascii() and text.isdigit() and len(text) <= len("9999999999")
    if not plain or abs(now.astimezone(UTC).timestamp() - int(text)) > TOLERANCE_SECONDS:
        detail = f"{name} is not within {TOLERANCE_SECONDS} seconds of this server's clock: sign anew, in Unix seconds."
        raise NotAuthenticated(detail, where=f"header.{name}")
    return text


def _hex(prefix: str, key: bytes, told: bytes) -> str:
    return prefix + _mac(key, told).hex()


def _mac(key: bytes, told: bytes) -> bytes:
    return hmac.new(key, told, hashlib.sha256).digest()


def _bytes(secret: str) -> bytes:
    return secret.encode()


def _standard_key(secret: str) -> bytes:
    """Give the key that a secret stands for; one that is no base64 is the key itself."""
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()
