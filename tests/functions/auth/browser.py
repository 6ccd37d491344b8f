"""A browser: it keeps cookies, sends them along, and knows its login's token once it has asked for it."""

from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes


class Browser:
    """A client with cookies of its own, at a server's public address."""

    def __init__(self, wiring: Wiring) -> None:
        self.http = TestClient(
            gateway(wiring.door, routes()), base_url=wiring.services.public_url, follow_redirects=False
        )

    @property
    def cookie(self) -> str | None:
        """The cookie of the login."""
        return next((value for name, value in self.http.cookies.items() if name.endswith("ctx_login")), None)

    def sign_in(self, key: str) -> Any:
        """Sign in with an API key; gives the reply."""
        return self.http.post("/v1/auth/logins", headers={"authorization": f"Bearer {key}"})

    def begin(self, organization: object, **query: str) -> Any:
        """Begin to sign in by the provider; gives the reply that leads there."""
        return self.http.get("/v1/auth/login", params={"organization": str(organization), **query})

    def come_back(self, address: str) -> Any:
        """Follow the provider back to the server."""
        return self.http.get(address)

    def get(self, path: str, **headers: str) -> Any:
        """Read something."""
        return self.http.get(path, headers=headers)

    def send(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        """Change something, as a page of ours does: with the token."""
        token = self.get("/v1/auth/me").json()["csrf_token"]
        return self.http.request(method, path, json=json, headers={"x-csrf-token": token, **headers})


NewBrowser = Callable[[], Browser]
