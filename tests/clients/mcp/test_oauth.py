"""The official SDK's client gets itself a token at a real server: discovery, registration, consent, tools, refresh."""

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl
from starlette.testclient import TestClient

from contextfs.client import ContextFS
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.clients.mcp.conftest import said
from tests.conftest import Tenant, founded, settings_for
from tests.contextfs.client.serving import serving_app

CALLBACK = "http://127.0.0.1:33418/callback"


class Kept:
    """What a client keeps between two starts."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(  # noqa: D102 - as the SDK says
        self,
    ) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(  # noqa: D102 - as the SDK says
        self, tokens: OAuthToken
    ) -> None:
        self.tokens = tokens

    async def get_client_info(  # noqa: D102 - as the SDK says
        self,
    ) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(  # noqa: D102 - as the SDK says
        self, client_info: OAuthClientInformationFull
    ) -> None:
        self.client = client_info


class Person:
    """Somebody at a browser: signs in when asked to, and decides."""

    def __init__(self, key: str, decision: str = "allow") -> None:
        self._key = key
        self._decision = decision
        self._told: dict[str, str] = {}
        self.asked = 0

    async def open(self, address: str) -> None:
        """Open the address that a program shows, and go through its pages."""
        self.asked += 1
        parts = urlsplit(address)
        async with httpx2.AsyncClient(base_url=f"{parts.scheme}://{parts.netloc}") as browser:
            led = await browser.get(address)
            form = parse_qs(urlsplit(led.headers["location"]).query)
            signed = await browser.post("/oauth/login", data={"key": self._key, "return_to": form["return_to"][0]})
            page = await browser.get(signed.headers["location"])
            hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
            sent = {name: value.replace("&amp;", "&") for name, value in hidden.items()}
            back = await browser.post("/oauth/authorize", data=sent | {"decision": self._decision})
        place = back.headers["location"]
        assert place.startswith(CALLBACK)
        self._told = {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}

    async def answer(self) -> AuthorizationCodeResult:
        """Give what came back to the program's address."""
        if "error" in self._told:
            raise PermissionError(self._told["error"])
        return AuthorizationCodeResult(code=self._told["code"], state=self._told["state"], iss=self._told["iss"])


@pytest.fixture
def server(new_schema: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Tenant]]:
    """Give a server that is reached where it says it is, and an organization there."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    settings = msgspec.structs.replace(settings_for(new_schema()), public_url=f"http://127.0.0.1:{port}")
    wired = Wiring(settings)
    app = gateway(wired.door, routes())
    with serving_app(app, port=port) as url:
        yield url, founded(wired, TestClient(app))
    wired.close()


def provider(url: str, kept: Kept, person: Person) -> OAuthClientProvider:
    told = OAuthClientMetadata(
        client_name="Editor", redirect_uris=[AnyUrl(CALLBACK)], token_endpoint_auth_method="none"
    )
    return OAuthClientProvider(f"{url}/mcp", told, kept, redirect_handler=person.open, callback_handler=person.answer)


def remembered(url: str, kept: Kept, person: Person, *contents: str) -> list[str]:
    """Store memories as a client does; its access token is over after each."""
    oauth = provider(url, kept, person)

    async def run() -> list[str]:
        told: list[str] = []
        async with (
            httpx2.AsyncClient(auth=oauth, timeout=60) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as opened,
        ):
            for content in contents:
                told.append(said(await opened.call_tool("contextfs_remember", {"content": content})))
                oauth.context.token_expiry_time = 1.0
        return told

    return asyncio.run(run())


def test_a_client_gets_a_token_uses_it_and_refreshes_it(server: tuple[str, Tenant]) -> None:
    url, tenant = server
    kept, person = Kept(), Person(tenant.key)
    told = remembered(url, kept, person, "We sign tokens with RS256.", "We deploy on Thursdays.")
    last = kept.tokens
    remembered(url, kept, person, "We test on Fridays.")

    with ContextFS(url, tenant.key) as client:
        known = {one.content for one in client.memories.list()}
        [grant] = client.auth.grants()
        client.auth.ungrant(grant.id)
        assert [] == list(client.auth.grants())
    assert {"We sign tokens with RS256.", "We deploy on Thursdays.", "We test on Fridays."} == known
    assert all(one.startswith("Stored") for one in told), told
    assert ("Editor", f"{url}/mcp", 1) == (grant.client_name, grant.resource, person.asked)
    assert last is not None
    assert kept.tokens is not None
    assert last.refresh_token is not None


def test_who_refuses_lets_nobody_in(server: tuple[str, Tenant]) -> None:
    url, tenant = server
    kept = Kept()

    with pytest.raises(BaseExceptionGroup) as caught:
        remembered(url, kept, Person(tenant.key, "deny"), "x")

    assert "access_denied" in repr(caught.value)
    assert kept.tokens is None
