"""Cognito: the ID tokens of a user pool, for one of its clients.

What has to be checked is as AWS describes it under "Verifying JSON Web Tokens": RS256 by a key of the pool, the pool as
issuer, the client as audience, and `token_use`: an access token is signed by the same key, and is no proof of anybody.
"""

from contextfs.adapters.identity.brought import Brought
from contextfs.adapters.identity.discovery import Signer
from contextfs.adapters.identity.hosted import Hosted
from contextfs.adapters.identity.id_token import refused
from contextfs.adapters.web import Web
from contextfs.kit.assertion import Assertion
from contextfs.kit.clock import Clock
from contextfs.kit.identity import Challenge, ServicePlace


class Cognito:
    """The sign-in service of a user pool on AWS, whose id names its region.

    `keys` and `metadata` are where it publishes these, if that is elsewhere; `secret` that of a client that has one.
    """

    def __init__(
        self,
        pool: str,
        client_id: str,
        web: Web,
        clock: Clock,
        *,
        keys: str | None = None,
        metadata: str | None = None,
        secret: str | None = None,
    ) -> None:
        self._client_id = client_id
        issuer = f"https://cognito-idp.{pool.partition('_')[0]}.amazonaws.com/{pool}"
        self._signer = Signer(issuer=issuer, jwks_uri=keys or f"{issuer}/.well-known/jwks.json")
        self._tokens = Brought(web, clock)
        self.pages = CognitoPages(Hosted(metadata or issuer, client_id, secret, web, clock))

    @property
    def place(self) -> ServicePlace:
        """Which service it is."""
        return ServicePlace(kind="cognito", issuer=self._signer.issuer, client_id=self._client_id)

    def read(self, id_token: str) -> Assertion:
        """Read who signed in; NotAuthenticated when the token is not to be believed."""
        claims = self._tokens.read(id_token, self._signer, self._client_id)
        return _of_the_pool(Assertion(issuer=self._signer.issuer, subject=claims["sub"], attributes=claims))


class CognitoPages:
    """The pool's managed login, of the domain that the pool has."""

    def __init__(self, hosted: Hosted) -> None:
        self._hosted = hosted

    def address(self, challenge: Challenge) -> str:
        """Give where a browser asks for a code; Invalid or Unavailable where the pool does not tell."""
        return self._hosted.address(challenge)

    def redeem(self, challenge: Challenge, code: str, issuer: str | None) -> Assertion:
        """Change a code for who signed in; NotAuthenticated when the answer is not to be believed."""
        return _of_the_pool(self._hosted.redeem(challenge, code, issuer))


def _of_the_pool(assertion: Assertion) -> Assertion:
    if assertion.attributes.get("token_use") != "id":
        raise refused("it is no ID token of the pool")
    return assertion
