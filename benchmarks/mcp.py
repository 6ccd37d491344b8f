"""How long an AI tool waits for our server: from its start to the first answer of a search.

The floor is a server of the same SDK that does nothing. Beside it stands basic-memory's server, over the same texts as
its notes, where a `basic-memory` is found on the PATH: `README.md` tells how to install it beside the product.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mcp import Client
from mcp.client.stdio import StdioServerParameters

from benchmarks.measure import Row, pairs, row

RUNS = 7
MEMORIES = 200
_BARE = """
import anyio, mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
TOOL = types.Tool(name="search", input_schema={"type": "object"})
async def tools(_c, _p): return types.ListToolsResult(tools=[TOOL])
async def call(_c, _p): return types.CallToolResult(content=[types.TextContent(text="nothing")])
async def main():
    server = Server("bare", on_list_tools=tools, on_call_tool=call)
    async with stdio_server() as (i, o): await server.run(i, o, server.create_initialization_options())
anyio.run(main)
"""
_QUERY = "which port does the staging database use"
_ANSWER = "5433"
_WHAT = "ctx mcp, start to first answer"


def run() -> list[Row]:
    """Start each server anew for every search."""
    with tempfile.TemporaryDirectory(prefix="contextfs-bench-") as folder:
        repository = Path(folder) / "repository"
        variables = {"CONTEXTFS_HOME": f"{folder}/home", "CONTEXTFS_BACKGROUND": "off", "HOME": folder}
        environment = os.environ | variables
        _fill(repository, environment)
        command = [sys.executable, "-m", "clients.cli.main", "mcp"]
        ours = _searched(command, "contextfs_search", _ANSWER, repository, environment)
        bare = _searched([sys.executable, "-c", _BARE], "search", "nothing", repository, environment)
        times = pairs(ours, bare, runs=RUNS, warmup=1)
        rows = [row(_WHAT, "a server of the SDK that does nothing", times, goal="≤ 2×")]
        if rival := shutil.which("basic-memory"):
            notes = _notes(rival, Path(folder), repository)
            theirs = _searched([rival, "mcp"], "search_notes", _ANSWER, repository, notes)
            rows.append(row(_WHAT, "basic-memory mcp", pairs(ours, theirs, runs=RUNS, warmup=1), goal="< 1×"))
    return rows


def _searched(
    command: list[str], tool: str, answer: str, folder: Path, environment: dict[str, str]
) -> Callable[[], None]:
    """Give a search by a new server; RuntimeError where `answer` is not in what comes, for that was no search."""
    parameters = StdioServerParameters(command=command[0], args=command[1:], cwd=folder, env=environment)

    async def search() -> None:
        async with Client(parameters, mode="legacy", read_timeout_seconds=120) as client:
            given = await client.call_tool(tool, {"query": _QUERY})
        if given.is_error or answer not in str(given.content):
            raise RuntimeError(f"{command[0]} did not find {answer}: {given.content}")

    return lambda: asyncio.run(search())


def _notes(rival: str, folder: Path, repository: Path) -> dict[str, str]:
    """Give basic-memory the same texts, and its environment; words alone are compared, for its model is downloaded."""
    notes = folder / "notes"
    notes.mkdir()
    for file in sorted((repository / ".contextfs" / "memories" / "fact").iterdir()):
        (notes / file.name).write_text(
            f"---\ntitle: {file.stem}\n---\n{file.read_text().rpartition('---')[2].strip()}\n"
        )
    own = {
        "BASIC_MEMORY_HOME": str(notes),
        "BASIC_MEMORY_CONFIG_DIR": f"{folder}/basic-memory",
        "BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED": "false",
    }
    environment = os.environ | own | {"HOME": str(folder)}
    subprocess.run([rival, "reindex"], env=environment, check=True, capture_output=True)
    return environment


def _fill(repository: Path, environment: dict[str, str]) -> None:
    repository.mkdir()
    ctx = partial(subprocess.run, cwd=repository, env=environment, check=True, capture_output=True)
    ctx([sys.executable, "-m", "clients.cli.main", "init"])
    facts = repository / ".contextfs" / "memories" / "fact"
    facts.mkdir(parents=True, exist_ok=True)
    for number in range(MEMORIES):
        (facts / f"fact-{number}.md").write_text(f"Service {number} listens on port {4000 + number}.\n")
    (facts / "staging.md").write_text("The staging database listens on port 5433.\n")
    ctx([sys.executable, "-m", "clients.cli.main", "search", "port"])
