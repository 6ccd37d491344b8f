"""Identity Platform: its ID tokens (those of Firebase Authentication), of one tenant of a project or of none.

Their form, and what has to be checked, is as Google describes it under "Verify ID tokens": RS256 by a key that Google
publishes, the project as audience and in the issuer, the user as subject, `auth_time` in the past. Its client library
is not needed for that, and would ask for the keys of every token anew.
"""

from typing import Any, Final, cast

from contextfs.adapters.identity.brought import Brought
from contextfs.adapters.identity.discovery import Signer
from contextfs.adapters.identity.id_token import refused
from contextfs.adapters.web import Web
from contextfs.kit.assertion import Assertion
from contextfs.kit.clock import Clock
from contextfs.kit.identity import ServicePlace

KEYS: Final = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"
"""The keys of all projects: the issuer and the audience tell them apart."""


class IdentityPlatform:
    """The sign-in service of a project on Google Cloud."""

    def __init__(self, project: str, tenant: str | None, web: Web, clock: Clock, *, keys: str = KEYS) -> None:
        self._project, self._tenant = project, tenant
        self._signer = Signer(issuer=f"https://securetoken.google.com/{project}", jwks_uri=keys)
        self._tokens = Brought(web, clock)

    pages = None
    """Its own pages are those of an SDK in JavaScript, and give no code."""

    @property
    def place(self) -> ServicePlace:
        """Which service it is; a project is the client of its own tokens."""
        issuer = self._signer.issuer
        return ServicePlace(kind="identity-platform", issuer=issuer, client_id=self._project, tenant=self._tenant)

    def read(self, id_token: str) -> Assertion:
        """Read who signed in; NotAuthenticated when the token is not to be believed."""
        claims = self._tokens.read(id_token, self._signer, self._project)
        # Whoever may make users in another tenant of the project would be anybody here.
        if _tenant(claims) != self._tenant:
            raise refused("it is of another tenant of the project")
        return Assertion(issuer=self._signer.issuer, subject=claims["sub"], attributes=claims)


def _tenant(claims: dict[str, Any]) -> Any:
    told = claims.get("firebase")
    return cast("dict[str, Any]", told).get("tenant") if isinstance(told, dict) else None
