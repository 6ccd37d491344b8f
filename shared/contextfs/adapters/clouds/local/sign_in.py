"""Any OpenID provider as the sign-in service of an installation of one's own: Keycloak, Dex, Zitadel and the like."""

from contextfs.adapters.identity.brought import Brought
from contextfs.adapters.identity.discovery import Discovery
from contextfs.adapters.identity.hosted import Hosted
from contextfs.adapters.web import Web
from contextfs.kit.assertion import Assertion
from contextfs.kit.clock import Clock
from contextfs.kit.identity import ServicePlace


class OpenIdProvider:
    """The sign-in service behind an issuer, for one of its clients, which has a secret or none."""

    def __init__(self, issuer: str, client_id: str, web: Web, clock: Clock, secret: str | None = None) -> None:
        self._issuer, self._client_id = issuer, client_id
        self.pages = Hosted(issuer, client_id, secret, web, clock)
        self._discovery = Discovery(web, clock)
        self._tokens = Brought(web, clock)

    @property
    def place(self) -> ServicePlace:
        """Which service it is."""
        return ServicePlace(kind="oidc", issuer=self._issuer, client_id=self._client_id)

    def read(self, id_token: str) -> Assertion:
        """Read who signed in; NotAuthenticated when the token is not to be believed."""
        signer = self._discovery.read(self._issuer).signer
        claims = self._tokens.read(id_token, signer, self._client_id)
        return Assertion(issuer=signer.issuer, subject=claims["sub"], attributes=claims)
