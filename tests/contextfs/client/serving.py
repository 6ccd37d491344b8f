"""A gateway on a real port of this machine, with its relay and worker, for as long as it is needed."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from contextfs.runtime.events.loops import RelayLoop, WorkerLoop
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes

_PATIENCE_SECONDS = 60.0


@contextmanager
def serving(wired: Wiring) -> Generator[str]:
    """Serve every route and carry every event; gives the address."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=RelayLoop(wired).run, args=(stop,)),
        threading.Thread(target=WorkerLoop(wired).run, args=(stop,)),
    ]
    for thread in threads:
        thread.start()
    try:
        with serving_app(gateway(wired.door, routes())) as url:
            yield url
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def serving_app(app: ASGIApp, *, port: int = 0, lifespan: str = "off", grace: int | None = None) -> Generator[str]:
    """Serve an app; gives the address. At its end, requests have some seconds of `grace`."""
    options: dict[str, Any] = {"log_config": None, "access_log": False, "ws": "none", "lifespan": lifespan}
    if grace is not None:
        options["loop"] = "asyncio"  # the other one refuses to close under what is cut off
    config = uvicorn.Config(app, host="127.0.0.1", port=port, timeout_graceful_shutdown=grace, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server)}"
    finally:
        server.should_exit = True
        thread.join()


def _port(server: uvicorn.Server) -> int:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the gateway does not start"
        time.sleep(0.01)
    return server.servers[0].sockets[0].getsockname()[1]
