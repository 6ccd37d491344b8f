"""An organization with a SAML provider, and what it believes of it."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contextfs.adapters.identity.saml.provider import SamlProvider
from contextfs.adapters.identity.sealing import Seal
from contextfs.adapters.web import Web
from contextfs.kit.errors import NotAuthenticated
from contextfs.kit.saml import Believed, SamlPeer, Service
from tests.contextfs.adapters.identity.saml.idp import Change, IdentityProvider

AT = "http://127.0.0.1:8420/v1/saml/acme"
AUDIENCE, CONSUMER, LOGOUT = f"{AT}/metadata", f"{AT}/acs", f"{AT}/logout"
REQUEST = "ctxo_request"


class Organization:
    """A service provider with one identity provider, and a clock of its own."""

    def __init__(self, *, loopback: bool = True, pepper: bytes = b"pepper") -> None:
        self.passed = timedelta(0)
        self.saml = SamlProvider(Web(loopback=loopback), self.now, Seal(pepper), loopback=loopback)
        certificate, key = self.saml.new_key("acme", self.now())
        self.service = Service(entity_id=AUDIENCE, consumer=CONSUMER, logout=LOGOUT, certificate=certificate, key=key)
        self.idp = IdentityProvider(self.saml.describe(self.service).decode())
        self.peer = self.known(self.idp.metadata)

    def now(self) -> datetime:
        """Tell the time."""
        return datetime.now(UTC) + self.passed

    def known(self, metadata: str) -> SamlPeer:
        """Give a provider by its metadata."""
        return SamlPeer(metadata_url=None, metadata_xml=metadata, service=self.service)

    def respond(self, change: Change | None = None, **how: Any) -> bytes:
        """Let the provider say who somebody is, for this organization."""
        return self.idp.respond(REQUEST, CONSUMER, AUDIENCE, change=change, **how)

    def believe(self, response: bytes, peer: SamlPeer | None = None) -> Believed:
        """Take what a form brought."""
        return self.saml.believe(peer or self.peer, base64.b64encode(response).decode(), self.now())

    def refusal(self, response: bytes) -> str:
        """Give why a response is refused; it fails where it is believed."""
        with pytest.raises(NotAuthenticated) as told:
            self.believe(response)
        return told.value.detail


@pytest.fixture(scope="module")
def organization() -> Organization:
    """Give an organization; its key takes a while to be made."""
    return Organization()
