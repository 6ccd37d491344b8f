"""What is said to an identity provider, and what it says of a person."""

from typing import Any, Literal, Protocol

import msgspec

from contextfs.kit.assertion import Assertion, Known
from contextfs.kit.saml import Saml

Method = Literal["oidc", "oauth", "saml"]


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """An identity provider as an organization set it up; `secret` is sealed."""

    method: Method
    metadata_url: str
    client_id: str
    secret: str | None
    scopes: str


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What ties an answer to the question: all of it is known to this server, and to the browser that asked, alone."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class IdentityProviders(Protocol):
    """Speaks to identity providers. It does not know organizations, and keeps nothing but what providers publish."""

    @property
    def saml(self) -> Saml:
        """What speaks SAML 2.0."""
        ...

    def check(self, peer: Peer) -> Known:
        """Look whether a provider can be used; Invalid or Unavailable say what is wrong with it."""
        ...

    def address(self, peer: Peer, challenge: Challenge) -> str:
        """Give the address at which a browser asks the provider."""
        ...

    def redeem(self, peer: Peer, challenge: Challenge, code: str, issuer: str | None) -> Assertion:
        """Change a code for what the provider says; NotAuthenticated when it is not to be believed."""
        ...

    def read(self, url: str) -> Any:
        """Read what somebody publishes at an address, as JSON; Invalid or Unavailable when that is not to be had."""
        ...

    def seal(self, secret: str) -> str:
        """Encrypt a secret of somebody's, as it may be stored."""
        ...

    def texts(self, domain: str) -> list[str]:
        """Read the TXT records of a domain; Unavailable when nobody answers."""
        ...


ServiceKind = Literal["identity-platform", "cognito", "oidc"]


class ServicePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in service as programs use it: for which of its clients a token must be, and in which of its tenants."""

    kind: ServiceKind
    issuer: str
    client_id: str
    tenant: str | None = None


class SignInPages(Protocol):
    """The pages of a sign-in service, which give a browser a code (OpenID Connect, with PKCE)."""

    def address(self, challenge: Challenge) -> str:
        """Give where a browser asks for a code; Invalid or Unavailable where the service does not tell."""
        ...

    def redeem(self, challenge: Challenge, code: str, issuer: str | None) -> Assertion:
        """Change a code for who signed in; NotAuthenticated when the answer is not to be believed."""
        ...


class SignInService(Protocol):
    """The sign-in service of an installation: for people whose organization has no identity provider of its own.

    It does not know organizations, and does not remember which tokens it read.
    """

    @property
    def place(self) -> ServicePlace:
        """Which service it is."""
        ...

    @property
    def pages(self) -> SignInPages | None:
        """Its pages; None where it has none that give a code."""
        ...

    def read(self, id_token: str) -> Assertion:
        """Read who has just signed in there; NotAuthenticated when the token is not to be believed."""
        ...
