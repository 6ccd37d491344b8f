"""All identity providers behind one port: which protocol speaks to which is said by the peer."""

from typing import Any

from contextfs.adapters.identity.github import GitHub
from contextfs.adapters.identity.oidc import OpenId
from contextfs.adapters.identity.records import texts
from contextfs.adapters.identity.sealing import Seal
from contextfs.adapters.web import Web
from contextfs.kit.assertion import Assertion, Known
from contextfs.kit.clock import Clock
from contextfs.kit.identity import Challenge, Peer
from contextfs.kit.saml import Saml


class Providers:
    """Speaks to identity providers; `loopback` lets them be on this machine, without TLS."""

    def __init__(self, clock: Clock, pepper: bytes, *, loopback: bool, dns_server: str | None) -> None:
        self._web = web = Web(loopback=loopback)
        self._clock, self._loopback = clock, loopback
        self._seal = Seal(pepper)
        self._saml: Saml | None = None
        self._dns_server = dns_server
        self._openid = OpenId(web, clock, self._seal.unseal)
        self._github = GitHub(web, self._seal.unseal)

    @property
    def saml(self) -> Saml:
        """What speaks SAML 2.0; its libraries are loaded where it is spoken."""
        if self._saml is None:
            self._saml = self._speaking_saml()
        return self._saml

    def _speaking_saml(self) -> Saml:
        from contextfs.adapters.identity.saml.provider import SamlProvider  # noqa: PLC0415 - lxml and signxml

        return SamlProvider(self._web, self._clock, self._seal, loopback=self._loopback)

    def check(self, peer: Peer) -> Known:
        """Look whether a provider can be used; Invalid or Unavailable say what is wrong with it."""
        return self._of(peer).check(peer)

    def address(self, peer: Peer, challenge: Challenge) -> str:
        """Give the address at which a browser asks the provider."""
        return self._of(peer).address(peer, challenge)

    def redeem(self, peer: Peer, challenge: Challenge, code: str, issuer: str | None) -> Assertion:
        """Change a code for what the provider says; NotAuthenticated when it is not to be believed."""
        return self._of(peer).redeem(peer, challenge, code, issuer)

    def read(self, url: str) -> Any:
        """Read what somebody publishes at an address."""
        return self._web.get(url)

    def seal(self, secret: str) -> str:
        """Encrypt a secret of somebody's, as it may be stored."""
        return self._seal.seal(secret)

    def texts(self, domain: str) -> list[str]:
        """Read the TXT records of a domain; Unavailable when nobody answers."""
        return texts(domain, self._dns_server)

    def _of(self, peer: Peer) -> OpenId | GitHub:
        return self._github if peer.method == "oauth" else self._openid
