"""OpenID Connect: the authorization code flow with PKCE (RFC 7636), as a relying party."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from contextfs.adapters.identity import id_token
from contextfs.adapters.identity.discovery import Discovery, Metadata
from contextfs.adapters.identity.jwks import Keys
from contextfs.adapters.web import Web
from contextfs.kit.assertion import Assertion, Known
from contextfs.kit.clock import Clock
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.identity import Challenge, Peer

_OK: Final = 200

Unseal = Callable[[str], str]


class OpenId:
    """Signs people in by OpenID providers."""

    def __init__(self, web: Web, clock: Clock, unseal: Unseal) -> None:
        self._web = web
        self._clock = clock
        self._unseal = unseal
        self._discovery = Discovery(web, clock)
        self._keys = Keys(web, clock)

    def check(self, peer: Peer) -> Known:
        """Read a provider's metadata anew; Invalid or Unavailable when it cannot be used."""
        metadata = self._discovery.read(peer.metadata_url, fresh=True)
        return Known(issuer=metadata.issuer, sign_in=metadata.authorization_endpoint)

    def address(self, peer: Peer, challenge: Challenge) -> str:
        """Give the address at which a browser asks the provider for a code."""
        metadata = self._discovery.read(peer.metadata_url)
        return with_query(
            metadata.authorization_endpoint,
            {
                "response_type": "code",
                "client_id": peer.client_id,
                "redirect_uri": challenge.redirect_uri,
                "scope": peer.scopes,
                "state": challenge.state,
                "nonce": challenge.nonce,
                "code_challenge": code_challenge(challenge.verifier),
                "code_challenge_method": "S256",
            },
        )

    def redeem(self, peer: Peer, challenge: Challenge, code: str, issuer: str | None) -> Assertion:
        """Change a code for an ID token, and read it; what the token leaves out is asked of the provider."""
        metadata = self._discovery.read(peer.metadata_url)
        told = issuer if metadata.authorization_response_iss_parameter_supported else issuer or metadata.issuer
        if told != metadata.issuer:  # RFC 9207: an answer of another provider than the one that was asked
            raise NotAuthenticated("Another identity provider answered than the one that was asked: begin again.")
        reply = self._tokens(peer, metadata, challenge, code)
        claims = id_token.verify(
            reply.get("id_token"),
            self._keys,
            metadata.signer,
            client_id=peer.client_id,
            nonce=challenge.nonce,
            now=self._clock(),
        )
        if "email" not in claims:
            claims = self._informed(metadata, claims, reply.get("access_token"))
        return Assertion(issuer=metadata.issuer, subject=claims["sub"], attributes=claims)

    def _tokens(self, peer: Peer, metadata: Metadata, challenge: Challenge, code: str) -> Mapping[str, Any]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": challenge.redirect_uri,
            "code_verifier": challenge.verifier,
            "client_id": peer.client_id,
        }
        headers: dict[str, str] = {}
        if peer.secret is not None:
            secret = self._unseal(peer.secret)
            if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
                headers["authorization"] = basic(peer.client_id, secret)
            else:
                fields["client_secret"] = secret
        status, reply = self._web.post(metadata.token_endpoint, fields, **headers)
        if status != _OK or not isinstance(reply, dict):
            raise NotAuthenticated("The identity provider does not take the code: begin again.")
        return reply  # pyright: ignore[reportUnknownVariableType] - any JSON

    def _informed(self, metadata: Metadata, claims: dict[str, Any], access_token: object) -> dict[str, Any]:
        """Add what the userinfo endpoint says of the same subject."""
        if metadata.userinfo_endpoint is None or not isinstance(access_token, str):
            return claims
        more = self._web.get(metadata.userinfo_endpoint, authorization=f"Bearer {access_token}")
        if not isinstance(more, dict) or more.get("sub") != claims["sub"]:  # pyright: ignore[reportUnknownMemberType]
            raise NotAuthenticated("The identity provider tells of somebody else than it signed in: begin again.")
        return {**more, **claims}


def code_challenge(verifier: str) -> str:
    """Give what is sent first of a verifier that is sent later (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def basic(client_id: str, secret: str) -> str:
    """Spell a client's secret as HTTP Basic (RFC 6749, 2.3.1: both are form-encoded first)."""
    return "Basic " + base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()


def with_query(url: str, fields: Mapping[str, str]) -> str:
    """Add fields to an address, which may have some of its own."""
    parts = urlsplit(url)
    return parts._replace(query=urlencode([*parse_qsl(parts.query), *fields.items()]), fragment="").geturl()
