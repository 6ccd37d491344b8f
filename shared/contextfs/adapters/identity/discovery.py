"""What an OpenID provider publishes of itself (OpenID Connect Discovery 1.0), read once an hour."""

import threading
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from contextfs.adapters.web import Web
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Invalid

_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_FRESH: Final = timedelta(hours=1)
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by key pairs. Never `none`, and never HS…: a public key is no secret that two could share."""


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs tokens: what it calls itself, where it publishes its keys, and by which algorithms it signs."""

    issuer: str
    jwks_uri: str
    algorithms: tuple[str, ...] = ("RS256",)


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a discovery document that a sign-in needs."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    code_challenge_methods_supported: tuple[str, ...] | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    @property
    def signer(self) -> Signer:
        """This provider as it signs: by those of its algorithms that are accepted."""
        accepted = tuple(name for name in ALGORITHMS if name in self.id_token_signing_alg_values_supported)
        return Signer(issuer=self.issuer, jwks_uri=self.jwks_uri, algorithms=accepted)


class Discovery:
    """Reads discovery documents, and remembers them for a while."""

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[datetime, Metadata]] = {}

    def read(self, metadata_url: str, *, fresh: bool = False) -> Metadata:
        """Give a provider's metadata; Invalid says what cannot be used of it, Unavailable that it does not answer."""
        now = self._clock()
        with self._lock:
            at, known = self._known.get(metadata_url, (now, None))
        if known is not None and not fresh and now - at < _FRESH:
            return known
        issuer = metadata_url.removesuffix(_WELL_KNOWN).rstrip("/")
        metadata = self._checked(issuer, self._web.get(issuer + _WELL_KNOWN))
        with self._lock:
            self._known[metadata_url] = (now, metadata)
        return metadata

    def _checked(self, issuer: str, document: Any) -> Metadata:
        try:
            metadata = msgspec.convert(document, Metadata)
        except msgspec.ValidationError as error:
            raise Invalid(f"{issuer} publishes no OpenID metadata ({error}): check metadata_url.") from None
        if metadata.issuer.rstrip("/") != issuer:
            raise Invalid(f"The provider calls itself {metadata.issuer[:200]}, not {issuer}: check metadata_url.")
        if not metadata.signer.algorithms:
            raise Invalid(f"The provider signs with none of {', '.join(ALGORITHMS)}: set its algorithm to RS256.")
        methods = metadata.code_challenge_methods_supported
        if methods is not None and "S256" not in methods:
            raise Invalid("The provider does not know PKCE with S256: it cannot be used.")
        endpoints = (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri)
        for url in (*endpoints, *filter(None, [metadata.userinfo_endpoint])):
            self._web.check(url)
        return metadata
