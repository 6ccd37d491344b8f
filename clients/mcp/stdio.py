"""Serves on standard input and output. Nothing is opened before a tool is called, so that the client starts at once."""

from functools import partial
from pathlib import Path
from typing import Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from clients.cli.installation import own_version
from clients.mcp import source
from contextfs.adapters.mcp.server import server as made


def serve(folder: Path, *, server: bool) -> int:
    """Serve until the client closes our input."""
    memory = source.Sources(folder, server=server)
    try:
        anyio.run(partial(_run, made(memory.source, version=own_version())))
    finally:
        memory.close()
    return 0


async def _run(serving: Server[Any]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await serving.run(incoming, outgoing, serving.create_initialization_options())
