"""`ctx mcp` as AI tools start it, asked by the official client library over standard input and output."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, TextContent
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.clients.cli.conftest import api_url, client, environment, http, wiring
from tests.conftest import Tenant, founded, settings_for
from tests.contextfs.client.serving import serving_app
from tests.contextfs.runtime.processes import free_port

__all__ = ["api_url", "client", "environment", "http", "wiring"]

T = TypeVar("T")
Ask = Callable[[Client], Awaitable[T]]
ROOT = Path(__file__).parent.parent.parent.parent


def started(folder: Path, variables: dict[str, str], *arguments: str) -> StdioServerParameters:
    """Tell how a client starts the server in a folder."""
    command = [sys.executable, "-m", "clients.cli.main", "mcp", *arguments]
    named = variables | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'shared'}"}
    return StdioServerParameters(command=command[0], args=command[1:], env=named, cwd=folder)


def asked(parameters: StdioServerParameters, ask: Ask[T], *, mode: str = "auto") -> T:
    """Start a server, ask it, and end it."""

    async def run() -> T:
        async with Client(parameters, mode=mode, read_timeout_seconds=60) as opened:
            return await ask(opened)

    return asyncio.run(run())


def said(result: CallToolResult) -> str:
    """Give the text of an answer."""
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


def without_mcp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this process one in which the SDK is not installed."""
    ours = ("clients.mcp.stdio", "contextfs.adapters.mcp.server", "contextfs.runtime.mcp.endpoint")
    for name in [*sys.modules]:
        if name in ours or name.partition(".")[0] == "mcp":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)


@pytest.fixture
def at_server(environment: dict[str, str], tmp_path: Path) -> StdioServerParameters:
    """Tell how to start it where there is no store, and the environment names a server."""
    return started(tmp_path, environment)


@pytest.fixture
def server(new_schema: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Tenant]]:
    """Give a server that is reached where it says it is, and an organization there."""
    port = free_port()
    settings = msgspec.structs.replace(settings_for(new_schema()), public_url=f"http://127.0.0.1:{port}")
    wired = Wiring(settings)
    app = gateway(wired.door, routes())
    with serving_app(app, port=port) as url:
        yield url, founded(wired, TestClient(app))
    wired.close()
