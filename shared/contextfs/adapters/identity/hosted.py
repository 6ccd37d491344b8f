"""Sign-in pages that a service has itself: the code flow of OpenID Connect with PKCE, by what the service publishes."""

from contextfs.adapters.identity.oidc import OpenId
from contextfs.adapters.web import Web
from contextfs.kit.assertion import Assertion
from contextfs.kit.clock import Clock
from contextfs.kit.identity import Challenge, Peer

_SCOPES = "openid email profile"


class Hosted:
    """The pages of one service, for one of its clients, which has a secret or none (PKCE protects both)."""

    def __init__(self, issuer: str, client_id: str, secret: str | None, web: Web, clock: Clock) -> None:
        self._peer = Peer(method="oidc", metadata_url=issuer, client_id=client_id, secret=secret, scopes=_SCOPES)
        self._openid = OpenId(web, clock, _as_it_is)

    def address(self, challenge: Challenge) -> str:
        """Give where a browser asks for a code; Invalid or Unavailable where the service does not tell."""
        return self._openid.address(self._peer, challenge)

    def redeem(self, challenge: Challenge, code: str, issuer: str | None) -> Assertion:
        """Change a code for who signed in; NotAuthenticated when the answer is not to be believed."""
        return self._openid.redeem(self._peer, challenge, code, issuer)


def _as_it_is(secret: str) -> str:
    """Give a secret of the settings: nothing of it is sealed."""
    return secret
