"""The official SDK's client gets itself a token at a real server: discovery, registration, consent, tools, refresh."""

import asyncio

import httpx2
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from contextfs.client import ContextFS
from tests.clients.mcp.conftest import said
from tests.clients.mcp.person import CALLBACK, Person
from tests.conftest import Tenant


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
