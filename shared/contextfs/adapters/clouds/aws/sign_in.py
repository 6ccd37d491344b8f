"""Cognito: the ID tokens of a user pool, for one of its clients.

What has to be checked is as AWS describes it under "Verifying JSON Web Tokens": RS256 by a key of the pool, the pool as
issuer, the client as audience, and `token_use`: an access token is signed by the same key, and is no proof of anybody.
"""

from contextfs.adapters.identity.brought import Brought
from contextfs.adapters.identity.discovery import Signer
from contextfs.adapters.identity.id_token import refused
from contextfs.adapters.web import Web
from contextfs.kit.assertion import Assertion
from contextfs.kit.clock import Clock
from contextfs.kit.identity import ServicePlace


class Cognito:
    """The sign-in service of a user pool on AWS, whose id names its region.

    `keys` is where its keys are published, if that is elsewhere.
    """

    def __init__(self, pool: str, client_id: str, web: Web, clock: Clock, *, keys: str | None = None) -> None:
        self._client_id = client_id
        issuer = f"https://cognito-idp.{pool.partition('_')[0]}.amazonaws.com/{pool}"
        self._signer = Signer(issuer=issuer, jwks_uri=keys or f"{issuer}/.well-known/jwks.json")
        self._tokens = Brought(web, clock)

    @property
    def place(self) -> ServicePlace:
        """Which service it is."""
        return ServicePlace(kind="cognito", issuer=self._signer.issuer, client_id=self._client_id)

    def read(self, id_token: str) -> Assertion:
        """Read who signed in; NotAuthenticated when the token is not to be believed."""
        claims = self._tokens.read(id_token, self._signer, self._client_id)
        if claims.get("token_use") != "id":
            raise refused("it is no ID token of the pool")
        return Assertion(issuer=self._signer.issuer, subject=claims["sub"], attributes=claims)
