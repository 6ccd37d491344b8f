"""The tokens of directories: `client.scim`."""

from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.domain.scim.model import NewScimToken, ScimToken, ScimTokenCreated, ScimTokens

_PATH = "/v1/admin/scim/tokens"


class Scim:
    """Makes, lists and ends the tokens of directories. SCIM itself is for directories."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def mint(self, name: str) -> ScimTokenCreated:
        """Make a token; its secret is shown only now."""
        return self._transport.call("POST", _PATH, ScimTokenCreated, body=NewScimToken(name=name))

    def tokens(self) -> ScimTokens:
        """List the tokens, newest first, without their secrets."""
        return self._transport.call("GET", _PATH, ScimTokens)

    def revoke(self, token_id: Id) -> ScimToken:
        """End a token at once."""
        return self._transport.call("DELETE", f"{_PATH}/{segment(token_id)}", ScimToken)
