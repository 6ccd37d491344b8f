"""Reads ID tokens (OpenID Connect Core 1.0, 3.1.3.7) and believes none of what they say before it is proven.

joserfc verifies signatures. What it leaves to its callers is here: the algorithms and the key are chosen by the
provider's published metadata, never by the token; the type of token, the audience and the authorized party are checked.
"""

import hmac
from datetime import datetime, timedelta
from typing import Any, Final, cast

import msgspec
from joserfc import jws
from joserfc.errors import JoseError

from contextfs.adapters.identity.discovery import Metadata
from contextfs.adapters.identity.jwks import Keys
from contextfs.kit.errors import NotAuthenticated

_SKEW: Final = timedelta(seconds=60)
_LONGEST: Final = 64 * 1024
_TYPES: Final = frozenset({"jwt"})


def verify(
    token: object, keys: Keys, metadata: Metadata, *, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """Give the claims of an ID token; NotAuthenticated when anything about it is not as it must be."""
    if not isinstance(token, str) or len(token) > _LONGEST:
        raise NotAuthenticated("The identity provider sent no ID token.")
    claims = _signed(token, keys, metadata)
    _check_parties(claims, metadata.issuer, client_id)
    _check_times(claims, now)
    told = claims.get("nonce")
    if not isinstance(told, str) or not hmac.compare_digest(told.encode(), nonce.encode()):
        raise _refused("its nonce is not that of this sign-in")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _refused("it names no subject")
    return claims


def _signed(token: str, keys: Keys, metadata: Metadata) -> dict[str, Any]:
    """Verify the signature, and give what was signed."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm = header.get("alg")
        if algorithm not in metadata.algorithms:
            raise _refused("the provider does not sign with its algorithm")
        if str(header.get("typ", "JWT")).lower() not in _TYPES:
            raise _refused("it is another type of token")
        if "crit" in header:
            raise _refused("it asks for extensions")
        key = keys.find(metadata.jwks_uri, header.get("kid"), str(algorithm))
        signed = jws.deserialize_compact(token, key, algorithms=[str(algorithm)])
        claims = msgspec.json.decode(signed.payload)
    except (JoseError, ValueError, TypeError, UnicodeError) as error:
        raise _refused(f"its form or signature is wrong, {type(error).__name__}") from error
    if not isinstance(claims, dict):
        raise _refused("it holds no claims")
    return cast("dict[str, Any]", claims)


def _check_parties(claims: dict[str, Any], issuer: str, client_id: str) -> None:
    if claims.get("iss") != issuer:
        raise _refused("another issuer made it")
    audience = claims.get("aud")
    many = cast("list[Any]", audience) if isinstance(audience, list) else [audience]
    if client_id not in many:
        raise _refused("it is for somebody else")
    party = claims.get("azp")
    if (party is not None or len(many) > 1) and party != client_id:
        raise _refused("it was issued to somebody else")


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    expires, issued, begins = (_time(claims.get(name)) for name in ("exp", "iat", "nbf"))
    moment, skew = now.timestamp(), _SKEW.total_seconds()
    if expires is None or issued is None or ("nbf" in claims and begins is None):
        raise _refused("it does not say when it is valid")
    if expires + skew <= moment:
        raise _refused("it has expired")
    if issued - skew > moment or (begins or 0) - skew > moment:
        raise _refused("it is not valid yet: compare the clocks")


def _time(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _refused(reason: str) -> NotAuthenticated:
    return NotAuthenticated(f"The ID token is refused: {reason}. Begin again.")
