"""`ctx mcp` as AI tools start it, asked by the official client library over standard input and output."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, TextContent

from tests.clients.cli.conftest import api_url, client, environment, http, wiring

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
