"""A stream that the other side ends: what it said last, and how it ended, reach the client."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.websockets import WebSocket
from websockets.asyncio.server import ServerConnection, serve

from contextfs.runtime.border import streams

ENDS = {"type": "websocket.disconnect", "code": 4001}


class Client:
    """A client that says one thing after another, and takes its time over what it is told."""

    def __init__(self, says: list[Any], *, slow: float = 0.0, silent: float = 0.0) -> None:
        self.says = [{"type": "websocket.connect"}, *says]
        self.told: list[Any] = []
        self._slow = slow
        self._silent = silent

    def socket(self) -> WebSocket:
        """Give its socket, as a server sees it."""
        return WebSocket({"type": "websocket", "path": "/", "headers": [], "subprotocols": []}, self._says, self._hears)

    async def _says(self) -> Any:
        if not self.says:
            await asyncio.Event().wait()
        await asyncio.sleep(self._silent)
        return self.says.pop(0)

    async def _hears(self, message: Any) -> None:
        if message["type"] == "websocket.send":
            await asyncio.sleep(self._slow)
            self.told.append(message.get("text"))
        elif message["type"] == "websocket.close":
            self.told.append((message["code"], message["reason"]))


class Far:
    """A region that says three things and ends the stream; how the other side ended it is kept."""

    def __init__(self) -> None:
        self.ended: int | None = None

    async def ends(self, connection: ServerConnection) -> None:
        """Say it all, and end."""
        for number in range(3):
            await connection.send(f"ack {number}")
        await connection.close(1008, "key revoked")

    async def listens(self, connection: ServerConnection) -> None:
        """Listen until the other side ends."""
        await connection.wait_closed()
        self.ended = connection.close_code


@asynccontextmanager
async def listening(answer: Any) -> AsyncGenerator[str]:
    async with serve(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def carried(client: Client, answer: Any) -> list[Any]:
    async with listening(answer) as url:
        await asyncio.wait_for(streams.carry(client.socket(), url, []), 20)
    return client.told


def test_who_still_speaks_is_told_all_that_was_said_and_how_it_ended() -> None:
    says = [{"type": "websocket.receive", "text": "m"}] * 20
    told = asyncio.run(carried(Client(says, slow=0.05, silent=0.01), Far().ends))

    assert told == ["ack 0", "ack 1", "ack 2", (1008, "key revoked")]


def test_who_takes_nothing_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_LAST_SECONDS", 0.1)
    says = [{"type": "websocket.receive", "text": "m"}] * 20
    told = asyncio.run(carried(Client(says, slow=60, silent=0.01), Far().ends))

    assert told == []


def test_how_the_client_ended_it_reaches_the_other_side() -> None:
    far = Far()
    asyncio.run(carried(Client([ENDS]), far.listens))

    assert far.ended == 4001
