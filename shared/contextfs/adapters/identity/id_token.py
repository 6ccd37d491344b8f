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

from contextfs.adapters.identity.discovery import Signer
from contextfs.adapters.identity.jwks import Keys
from contextfs.kit.errors import NotAuthenticated

SKEW: Final = timedelta(seconds=60)
_LONGEST: Final = 64 * 1024
_TYPES: Final = frozenset({"jwt"})


def verify(token: object, keys: Keys, signer: Signer, *, client_id: str, nonce: str, now: datetime) -> dict[str, Any]:
    """Give the claims of an ID token that answers a question of ours, which its nonce proves; else NotAuthenticated."""
    claims = read(token, keys, signer, client_id=client_id, now=now)
    told = claims.get("nonce")
    if not isinstance(told, str) or not hmac.compare_digest(told.encode(), nonce.encode()):
        raise refused("its nonce is not that of this sign-in")
    return claims


def read(token: object, keys: Keys, signer: Signer, *, client_id: str, now: datetime) -> dict[str, Any]:
    """Give the claims of an ID token; NotAuthenticated when anything about it is not as it must be.

    Whom it was made for is left to the caller: a nonce proves it, or something else has to.
    """
    if not isinstance(token, str) or len(token) > _LONGEST:
        raise NotAuthenticated("The identity provider sent no ID token.")
    claims = _signed(token, keys, signer)
    _check_parties(claims, signer.issuer, client_id)
    _check_times(claims, now)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise refused("it names no subject")
    return claims


def refused(reason: str) -> NotAuthenticated:
    """Say why a token is not believed."""
    return NotAuthenticated(f"The ID token is refused: {reason}. Begin again.")


def time_of(value: Any) -> float | None:
    """Read a moment of a token, in seconds since 1970; None where it is none."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _signed(token: str, keys: Keys, signer: Signer) -> dict[str, Any]:
    """Verify the signature, and give what was signed."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm = header.get("alg")
        if algorithm not in signer.algorithms:
            raise refused("the provider does not sign with its algorithm")
        if str(header.get("typ", "JWT")).lower() not in _TYPES:
            raise refused("it is another type of token")
        if "crit" in header:
            raise refused("it asks for extensions")
        key = keys.find(signer.jwks_uri, header.get("kid"), str(algorithm))
        signed = jws.deserialize_compact(token, key, algorithms=[str(algorithm)])
        claims = msgspec.json.decode(signed.payload)
    except (JoseError, ValueError, TypeError, UnicodeError) as error:
        raise refused(f"its form or signature is wrong, {type(error).__name__}") from error
    if not isinstance(claims, dict):
        raise refused("it holds no claims")
    return cast("dict[str, Any]", claims)


def _check_parties(claims: dict[str, Any], issuer: str, client_id: str) -> None:
    if claims.get("iss") != issuer:
        raise refused("another issuer made it")
    audience = claims.get("aud")
    many = cast("list[Any]", audience) if isinstance(audience, list) else [audience]
    if client_id not in many:
        raise refused("it is for somebody else")
    party = claims.get("azp")
    if (party is not None or len(many) > 1) and party != client_id:
        raise refused("it was issued to somebody else")


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    expires, issued, begins = (time_of(claims.get(name)) for name in ("exp", "iat", "nbf"))
    moment, skew = now.timestamp(), SKEW.total_seconds()
    if expires is None or issued is None or ("nbf" in claims and begins is None):
        raise refused("it does not say when it is valid")
    if expires + skew <= moment:
        raise refused("it has expired")
    if issued - skew > moment or (begins or 0) - skew > moment:
        raise refused("it is not valid yet: compare the clocks")
