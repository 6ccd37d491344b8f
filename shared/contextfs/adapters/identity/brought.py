"""ID tokens that a browser brings: it signed in without us, so that no nonce ties its token to a question of ours.

What stands in for the nonce: the person signed in a moment ago (`auth_time`), and whoever takes a token takes it once.
"""

from datetime import timedelta
from typing import Any, Final

from contextfs.adapters.identity import id_token
from contextfs.adapters.identity.discovery import Signer
from contextfs.adapters.identity.jwks import Keys
from contextfs.adapters.web import Web
from contextfs.kit.clock import Clock

FRESH: Final = timedelta(minutes=5)
"""What was signed in longer ago may be a token that somebody found: a browser brings it at once, or signs in anew."""


class Brought:
    """Reads ID tokens that are brought. It does not remember them."""

    def __init__(self, web: Web, clock: Clock) -> None:
        self._clock = clock
        self._keys = Keys(web, clock)

    def read(self, token: str, signer: Signer, client_id: str) -> dict[str, Any]:
        """Give the claims of a token of somebody who has just signed in; else NotAuthenticated."""
        now = self._clock()
        claims = id_token.read(token, self._keys, signer, client_id=client_id, now=now)
        # OpenID Connect lets a provider leave it out that was not asked for it; the clouds' services always tell it.
        signed_in = id_token.time_of(claims.get("auth_time", claims["iat"]))
        skew = id_token.SKEW.total_seconds()
        if signed_in is None or signed_in - skew > now.timestamp():
            raise id_token.refused("it does not say when the person signed in")
        if signed_in + FRESH.total_seconds() + skew <= now.timestamp():
            raise id_token.refused("the person signed in too long ago")
        return claims
