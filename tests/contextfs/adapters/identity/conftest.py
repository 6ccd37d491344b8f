"""A provider that lies, and the relying party that must not believe it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contextfs.adapters.identity.providers import Providers
from contextfs.kit.assertion import Assertion
from contextfs.kit.identity import Challenge, Peer
from tests.functions.auth.provider import Provider

CHALLENGE = Challenge(state="state", nonce="nonce", verifier="v" * 43, redirect_uri="http://127.0.0.1:8420/back")


class Party:
    """The relying party, with a clock of its own."""

    def __init__(self, provider: Provider) -> None:
        self.passed = timedelta(0)
        self.provider = provider
        self.providers = Providers(
            lambda: datetime.now(UTC) + self.passed, b"pepper", loopback=True, dns_server="127.0.0.1:9"
        )

    def peer(self, **other: Any) -> Peer:
        """Give the provider as an organization set it up."""
        secret = self.providers.seal(self.provider.secret)
        usual: dict[str, Any] = {
            "method": "oidc",
            "metadata_url": self.provider.issuer,
            "client_id": "contextfs",
            "scopes": "openid",
        }
        named: dict[str, Any] = usual | {"secret": secret} | other
        return Peer(**named)

    def sign_in(self, challenge: Challenge = CHALLENGE) -> Assertion:
        """Go to the provider and back."""
        self.provider.consent(self.providers.address(self.peer(), challenge))
        code = next(reversed(self.provider.codes))
        return self.providers.redeem(self.peer(), challenge, code, self.provider.issuer)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give an identity provider that listens."""
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def party(provider: Provider) -> Party:
    """Give a relying party of that provider."""
    return Party(provider)
