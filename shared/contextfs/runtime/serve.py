"""The processes of a server: `python -m contextfs.runtime.serve gateway | stream | relay | worker`.

Each stops gracefully on SIGTERM or SIGINT (what it began, it ends), and when the process that started it is gone.
"""

import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from contextfs.kit import log
from contextfs.kit.errors import ContextFSError, Invalid
from contextfs.runtime import telemetry, wiring

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_WATCH_SECONDS = 1.0
_DRAIN_SECONDS = 30
_IDLE_SECONDS = 75
"""Longer than load balancers keep a connection that waits: else a call meets one that is being closed."""
_NICENESS = 10
_OBJECTS_A_LOOK = 20_000
"""After so many new objects Python looks for what refers to itself: a call with a thousand memories makes many times as
many as Python looks after by default, and nearly all go by themselves."""


def gateway() -> None:
    """Serve every route over HTTP until told to stop; calls under way are answered first."""
    from contextfs.runtime.gateway import gateway as hang  # noqa: PLC0415 - only what listens needs it

    _listen(hang(wiring.from_process().door, wiring.routes(), on_stop=_end))


def stream() -> None:
    """Serve the streams of sessions alone, where hosts of functions cannot keep them open."""
    from contextfs.runtime.gateway import streaming as hang  # noqa: PLC0415 - as above

    _listen(hang(wiring.from_process().door, wiring.routes(), on_stop=_end))


def _listen(app: "ASGIApp") -> None:
    import uvicorn  # noqa: PLC0415 - only what listens needs it

    from contextfs.runtime.streaming.session import MOST_BYTES  # noqa: PLC0415 - as above

    wired = wiring.from_process()
    config = uvicorn.Config(
        app,
        host=wired.settings.host,
        port=wired.settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        timeout_keep_alive=_IDLE_SECONDS,
        server_header=False,
        proxy_headers=False,  # whom to believe about addresses, the setting `trusted_hops` says
        ws_max_size=MOST_BYTES,
    )
    server = uvicorn.Server(config)
    _watch_parent(lambda: setattr(server, "should_exit", True))
    server.run(_inherited())


def _inherited() -> list[socket.socket] | None:
    """Give the socket that the process that started this one listens on, if it does."""
    number = os.environ.get("CONTEXTFS_LISTENER")
    return None if number is None else [socket.socket(fileno=int(number))]


def relay() -> None:
    """Carry events from the outbox to the bus, and run the schedules when they are due; calls go first."""
    _give_way()
    from contextfs.runtime.events.loops import RelayLoop  # noqa: PLC0415 - only this process needs it

    _run(RelayLoop(wiring.from_process()).run)


def worker() -> None:
    """Deliver events to their triggers; calls go first."""
    _give_way()
    from contextfs.runtime.events.loops import WorkerLoop  # noqa: PLC0415 - only this process needs it

    _run(WorkerLoop(wiring.from_process()).run)


def _give_way() -> None:
    """Leave the processor to calls where there is not enough for all: for what happens after them nobody waits."""
    if sys.platform != "win32":
        os.nice(_NICENESS)


def _run(loop: Callable[[threading.Event], None]) -> None:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: stop.set())
    _watch_parent(stop.set)
    loop(stop)
    _end()


def _end() -> None:
    """Give everything back, when the last piece of work is done."""
    wiring.from_process().close()
    telemetry.stop()


def _watch_parent(stop: Callable[[], object]) -> None:
    """Stop when the process that started this one is gone, if that is asked for."""
    if "CONTEXTFS_PARENT" not in os.environ:
        return
    parent = int(os.environ["CONTEXTFS_PARENT"])

    def watch() -> None:
        pause = threading.Event()
        while os.getppid() == parent:
            pause.wait(_WATCH_SECONDS)
        stop()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def main(arguments: list[str]) -> int:
    """Run one process; the exit code is 2 when it was called wrong."""
    processes = {"gateway": gateway, "stream": stream, "relay": relay, "worker": worker}
    if len(arguments) != 1 or arguments[0] not in processes:
        sys.stderr.write(f"usage: python -m contextfs.runtime.serve {' | '.join(processes)}\n")
        return 2
    try:
        gc.set_threshold(_OBJECTS_A_LOOK)
        settings = wiring.settings_of_process()
        log.configure(arguments[0], settings.log_level)
        telemetry.configure(arguments[0], settings.otlp_endpoint)
        processes[arguments[0]]()
    except Invalid as error:
        sys.stderr.write(f"{error.detail}\n")
        return 2
    except ContextFSError as error:
        sys.stderr.write(f"{error.detail}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
