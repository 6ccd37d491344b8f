"""Access tokens: `client.tokens`."""

from contextfs.client.http.transport import Transport
from contextfs.client.login.address import Id, as_uuid
from contextfs.domain.access.tokens.model import MOST_MINUTES, NewToken, TokenCreated


class Tokens:
    """Exchanges the client's key for tokens with fewer permissions."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self, *, project_id: Id | None = None, permissions: list[str] | None = None, minutes: int = MOST_MINUTES
    ) -> TokenCreated:
        """Make a token for one project; its `access_token` is used as a key, and is shown only now."""
        project = None if project_id is None else as_uuid(project_id, "project_id")
        new = NewToken(project_id=project, permissions=permissions, minutes=minutes)
        return self._transport.call("POST", "/v1/tokens", TokenCreated, body=new)
