"""Listens on this machine: for a command that waits, or in a thread beside a program that is wrapped."""

import socket
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Final

from clients.proxy.app import Proxy
from clients.proxy.upstreams import Upstreams, refuse_ourselves
from contextfs.client.recording.recorder import Recorder
from contextfs.kit.errors import Unavailable

HOST: Final = "127.0.0.1"
_GRACE_SECONDS: Final = 3
_MISSING: Final = "What `ctx proxy` listens by is missing: pip install 'contextfs-platform[proxy]'"


def required() -> None:
    """Tell the cure where the package that listens is not installed."""
    if find_spec("uvicorn") is None:
        raise Unavailable(_MISSING)


def serve(
    upstreams: Upstreams, recorder: Recorder, *, port: int, tool: str | None, ready: Callable[[str], object]
) -> None:
    """Serve until the process is told to stop; replies under way have three seconds. `ready` is told the address."""
    with _bound(port) as listening:
        taken = listening.getsockname()[1]
        refuse_ourselves(upstreams, taken)
        ready(_url(taken))
        _server(upstreams, recorder, tool).run(sockets=[listening])


@contextmanager
def beside(upstreams: Upstreams, recorder: Recorder, *, tool: str | None) -> Generator[str]:
    """Serve on a free port in a thread of its own, for as long as something else goes on; gives the address."""
    with _bound(0) as listening:
        server = _server(upstreams, recorder, tool)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield _url(listening.getsockname()[1])  # it listens already; what comes before all is ready waits there
        finally:
            server.should_exit = True
            thread.join(_GRACE_SECONDS * 2)


def environment(url: str) -> Mapping[str, str]:
    """Give the variables by which programs are pointed to a proxy."""
    return {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_BASE": f"{url}/v1", "ANTHROPIC_BASE_URL": url}


def _server(upstreams: Upstreams, recorder: Recorder, tool: str | None) -> Any:
    import uvicorn  # noqa: PLC0415 - `required` says how to get it

    config = uvicorn.Config(
        Proxy(upstreams, recorder, tool=tool),
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return uvicorn.Server(config)


@contextmanager
def _bound(port: int) -> Generator[socket.socket]:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
            listening.listen(512)
        except OSError as error:
            raise Unavailable(
                f"{HOST}:{port} cannot be listened on ({error.strerror}): choose another --port."
            ) from None
        yield listening


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"
