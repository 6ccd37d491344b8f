"""The public keys of providers (RFC 7517), read when one is not known yet: a provider changes its keys without asking.

Whoever sends tokens with invented key ids makes this ask no more than once in half a minute.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from contextfs.adapters.web import Web
from contextfs.kit.clock import Clock
from contextfs.kit.errors import NotAuthenticated

PublicKey = RSAKey | ECKey | OKPKey

_FRESH: Final = timedelta(hours=1)
_PAUSE: Final = timedelta(seconds=30)
_MOST_KEYS: Final = 100
_LEAST_RSA_BITS: Final = 2048
_TYPES: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_UNKNOWN: Final = "The identity provider has no such key as signed the token."


@dataclass
class _Published:
    """What one provider publishes, as it was read; who asks it holds up nobody who asks another one."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: datetime | None = None
    keys: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


class Keys:
    """Finds the key that a token says it is signed with."""

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._known: dict[str, _Published] = {}

    def find(self, jwks_uri: str, kid: object, algorithm: str) -> PublicKey:
        """Give the one key of this id that fits the algorithm; NotAuthenticated when there is none."""
        key = self._among(self._read(jwks_uri, _FRESH), kid, algorithm)
        key = key or self._among(self._read(jwks_uri, _PAUSE), kid, algorithm)
        if key is None:
            raise NotAuthenticated(_UNKNOWN)
        return key

    def _read(self, jwks_uri: str, fresh: timedelta) -> list[dict[str, Any]]:
        """Give the keys that are published, as they were no longer ago than `fresh`."""
        known = self._known.setdefault(jwks_uri, _Published())
        with known.lock:  # one asks, the others wait for what it gets
            now = self._clock()
            if known.at is not None and now - known.at < fresh:
                return known.keys
            document = self._web.get(jwks_uri)
            listed = cast("dict[str, Any]", document).get("keys") if isinstance(document, dict) else None
            many = cast("list[Any]", listed)[:_MOST_KEYS] if isinstance(listed, list) else []
            known.at, known.keys = now, [cast("dict[str, Any]", one) for one in many if isinstance(one, dict)]
            return known.keys

    @staticmethod
    def _among(keys: list[dict[str, Any]], kid: object, algorithm: str) -> PublicKey | None:
        fitting = [key for key in keys if _fits(key, algorithm) and (kid is None or key.get("kid") == kid)]
        if len(fitting) != 1:
            return None  # without an id, a key is only taken where there is no choice
        try:
            key = JWKRegistry.import_key(_public(fitting[0]))
        except (JoseError, ValueError, TypeError):
            return None
        is_weak = isinstance(key, RSAKey) and key.raw_value.key_size < _LEAST_RSA_BITS
        return None if is_weak or not isinstance(key, RSAKey | ECKey | OKPKey) else key


def _fits(key: dict[str, Any], algorithm: str) -> bool:
    return (
        key.get("kty") == _TYPES[algorithm[:2]]
        and key.get("use") in (None, "sig")
        and key.get("alg") in (None, algorithm)
    )


def _public(key: dict[str, Any]) -> dict[str, Any]:
    """Keep of a key what verifying needs."""
    return {name: key[name] for name in ("kty", "kid", "n", "e", "crv", "x", "y") if name in key}
