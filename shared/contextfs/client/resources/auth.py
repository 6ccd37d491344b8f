"""Who you are, and the browsers in which you are signed in: `client.auth`."""

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id
from contextfs.domain.devices.model import Decided, Decision
from contextfs.domain.grants.model import Grant, GrantCreated, NewGrant
from contextfs.domain.logins.model import Ended, Login, Myself, SignIn
from contextfs.kit.page import Page

_LOGINS = "/v1/auth/logins"
_GRANTS = "/v1/auth/grants"


class Auth:
    """Shows who calls, and lists and ends logins. Signing in is for browsers; a program has a key."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def sign_in(self) -> SignIn:
        """Return how people sign in here, and by which service, if the installation has one."""
        return self._transport.call("GET", "/v1/auth/sign-in", SignIn)

    def me(self) -> Myself:
        """Return who calls, and what they may do."""
        return self._transport.call("GET", "/v1/auth/me", Myself)

    def logins(self, *, page_size: int | None = None) -> Listing[Login]:
        """List the browsers in which the key's person is signed in, newest first."""
        return Listing(
            lambda cursor: self._transport.call(
                "GET", _LOGINS, Page[Login], query={"limit": page_size, "cursor": cursor}
            )
        )

    def grant(self, new: NewGrant) -> GrantCreated:
        """Let a program act for the key's person; return the code that it exchanges for tokens."""
        return self._transport.call("POST", _GRANTS, GrantCreated, body=new)

    def grants(self, *, page_size: int | None = None) -> Listing[Grant]:
        """List the programs that may act for the key's person, newest first."""
        return Listing(
            lambda cursor: self._transport.call(
                "GET", _GRANTS, Page[Grant], query={"limit": page_size, "cursor": cursor}
            )
        )

    def ungrant(self, grant_id: Id) -> None:
        """End a program's permission to act for the key's person."""
        self._transport.send("DELETE", f"{_GRANTS}/{segment(grant_id)}")

    def decide(self, user_code: str, *, allow: bool) -> Decided:
        """Decide whether the device that shows a code may act for the key's person."""
        return self._transport.call(
            "POST", "/v1/auth/devices", Decided, body=Decision(user_code=user_code, allow=allow)
        )

    def end(self, login_id: Id) -> None:
        """Sign a browser out."""
        self._transport.send("DELETE", f"{_LOGINS}/{segment(login_id)}")

    def end_all(self) -> Ended:
        """Sign out everywhere."""
        return self._transport.call("DELETE", _LOGINS, Ended)
