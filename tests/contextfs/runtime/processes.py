"""Hosts as processes of their own, set up by the environment."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec

from contextfs.kit.settings import PREFIX, Settings

REPOSITORY = Path(__file__).parents[3]
_PATIENCE_SECONDS = 60
_PORTS, _EACH = 12_000, 1_000
_numbers = count(os.getpid())  # two runs at once begin in different places


def environment(settings: Settings, home: Path) -> dict[str, str]:
    """Give the environment of a process with these settings, and a home of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "OTEL_"))}
    given = {name: value for name, value in msgspec.structs.asdict(settings).items() if value is not None}
    own |= {f"{PREFIX}{name.upper()}": str(value) for name, value in given.items()}
    return own | {"HOME": str(home), "XDG_RUNTIME_DIR": str(home)}


@dataclass(frozen=True)
class Served:
    """A host that listens."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def functions_framework(settings: Settings, home: Path, *arguments: str) -> Generator[Served]:
    """Run functions-framework on the loopback until the block ends."""
    port = free_port()
    log = home / f"{port}.log"
    command = [str(Path(sys.executable).parent / "functions-framework"), "--source", str(REPOSITORY / "main.py")]
    command += ["--host", "127.0.0.1", "--port", str(port), *arguments]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment(settings, home), stdout=sink, stderr=subprocess.STDOUT
        )
    try:
        wait_for(port, process, log)
        yield Served(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


@contextmanager
def serving(process: str, settings: Settings, home: Path, *, port: int | None = None) -> Generator[str]:
    """Run a process of `runtime/serve.py` until the block ends; gives the URL that a gateway listens at."""
    port = port or free_port()
    log = home / f"{process}-{port}.log"
    command = [sys.executable, "-m", "contextfs.runtime.serve", process]
    with log.open("wb") as sink:
        own = environment(msgspec.structs.replace(settings, port=port), home)
        running = subprocess.Popen(command, cwd=REPOSITORY, env=own, stdout=sink, stderr=subprocess.STDOUT)
    try:
        if process in {"gateway", "stream"}:
            wait_for(port, running, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        assert running.wait(_PATIENCE_SECONDS) in {0, -signal.SIGTERM}, log.read_text()


def free_port() -> int:
    """Give a port for a program that is started later: none that the system gives to somebody else meanwhile.

    Those that it gives to whoever connects, or listens at any, lie above. Each process of a run looks in a range of its
    own, and gives each once.
    """
    first = _PORTS + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16 * _EACH
    while True:
        port = first + next(_numbers) % _EACH
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())
