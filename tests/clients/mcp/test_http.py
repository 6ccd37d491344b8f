"""`/mcp` at a server: the same tools over streamable HTTP, behind the same keys."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from http.client import HTTPConnection
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient

from contextfs.client import ContextFS
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring
from tests.clients.mcp.conftest import said, without_mcp
from tests.conftest import Tenant

T = TypeVar("T")

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
NAMED = "io.modelcontextprotocol"
ACCEPTS = {"accept": "application/json, text/event-stream"}


def asked(url: str, key: str, ask: Callable[[Client], Awaitable[T]], *, mode: str = "auto") -> T:
    async def run() -> T:
        async with (
            httpx2.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=60) as http,
            Client(streamable_http_client(url, http_client=http), mode=mode) as opened,
        ):
            return await ask(opened)

    return asyncio.run(run())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_memory_is_stored_and_recalled(api_url: str, tenant: Tenant, client: ContextFS, mode: str) -> None:
    async def ask(model: Client) -> list[str]:
        stored = said(await model.call_tool("contextfs_remember", {"content": "We sign tokens with RS256."}))
        memory_id = stored.split()[-1].rstrip(".")
        whole = await model.call_tool("contextfs_recall", {"ids": [memory_id]})
        return [memory_id, said(whole)]

    memory_id, whole = asked(f"{api_url}/mcp", tenant.key, ask, mode=mode)

    kept = client.memories.get(memory_id)
    assert "We sign tokens with RS256." in whole
    assert ("We sign tokens with RS256.", "assistant") == (kept.content, kept.author_kind)


def test_another_tenant_sees_nothing_of_it(api_url: str, client: ContextFS, other_tenant: Tenant) -> None:
    memory = client.memories.create("Ours alone.").memory

    async def ask(model: Client) -> list[str]:
        recalled = await model.call_tool("contextfs_recall", {"ids": [str(memory.id)]})
        listed = await model.list_resources()
        return [said(recalled), *(one.name for one in listed.resources)]

    [told] = asked(f"{api_url}/mcp", other_tenant.key, ask)

    assert "Ours alone." not in told
    assert told.startswith("There is no such memory")


def test_a_key_that_may_only_read_is_told_so(api_url: str, client: ContextFS) -> None:
    key = client.keys.create("reader", permissions=["memories:read", "projects:read"]).secret

    result = asked(
        f"{api_url}/mcp", key, lambda model: model.call_tool("contextfs_remember", {"content": "Not allowed."})
    )

    assert result.is_error
    assert "memories:write" in said(result)


@pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "Basic YTpi"])
def test_without_a_key_nothing_is_answered(http: TestClient, authorization: str) -> None:
    response = http.post("/mcp", json=HELLO, headers=ACCEPTS | {"authorization": authorization})

    assert 401 == response.status_code
    assert response.headers["www-authenticate"].startswith('Bearer realm="contextfs", resource_metadata="http://')
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example:8420"}, {"origin": "http://evil.example"}], ids=["host", "origin"]
)
def test_a_page_of_a_browser_is_kept_out(api_url: str, tenant: Tenant, headers: dict[str, str]) -> None:
    named = ACCEPTS | {"authorization": f"Bearer {tenant.key}"}

    ours = httpx2.post(f"{api_url}/mcp", json=HELLO, headers=named, timeout=60)
    page = httpx2.post(f"{api_url}/mcp", json=HELLO, headers=named | headers, timeout=60)

    assert (200, True) == (ours.status_code, page.status_code in {403, 421})


def test_white_space_around_a_header_is_no_part_of_it(api_url: str, tenant: Tenant) -> None:
    none: dict[str, str] = {}
    meta = {f"{NAMED}/protocolVersion": "2026-07-28", f"{NAMED}/clientCapabilities": none}
    params = {"name": "contextfs_list_sessions", "arguments": none, "_meta": meta}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    headers = ACCEPTS | {
        "authorization": f"Bearer {tenant.key}",
        "content-type": "application/json",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": " tools/call\t",
        "mcp-name": "  contextfs_list_sessions  ",
    }
    connection = HTTPConnection(urlsplit(api_url).netloc, timeout=60)
    connection.request("POST", "/mcp", body, headers)
    answer = connection.getresponse()

    assert (200, "result") == (answer.status, list(json.loads(answer.read()))[-1])
    connection.close()


def test_a_project_can_be_named(api_url: str, tenant: Tenant, client: ContextFS) -> None:
    second = client.projects.create("second").id

    async def ask(model: Client) -> str:
        return said(await model.call_tool("contextfs_remember", {"content": "In the second one."}))

    stored = asked(f"{api_url}/mcp?project_id={second}", tenant.key, ask)
    without = asked(f"{api_url}/mcp", tenant.key, ask)

    assert client.memories.get(stored.split()[-1].rstrip(".")).project_id == second
    assert f"second ({second})" in without
    assert "The user names one by the address: /mcp?project_id=…." in without


def test_a_server_without_the_package_says_what_is_missing(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    without_mcp(monkeypatch)

    response = TestClient(gateway(wiring.door, ())).post("/mcp")

    assert (503, True) == (response.status_code, "contextfs-platform[mcp]" in response.json()["detail"])
