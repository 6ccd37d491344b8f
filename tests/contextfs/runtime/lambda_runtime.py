"""Lambda's Runtime API on the loopback: it gives events to the real runtime client and takes its answers.

The interface is that of AWS's documentation, version 2018-06-01: next, response, error, and the error of a start.
"""

import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

_ROOT = "/2018-06-01/runtime"
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What a function said: its result, or the error that it ended with."""

    value: Any = None
    error: dict[str, Any] | None = None


class Function:
    """A function in a process of its own, which takes one event after the other."""

    def __init__(self) -> None:
        self._events: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._answers: queue.Queue[Answer] = queue.Queue()

    def invoke(self, event: Any) -> Answer:
        """Give it an event and wait for its answer."""
        self._events.put((str(uuid4()), json.dumps(event).encode()))
        return self.answer()

    def answer(self) -> Answer:
        """Wait for what it says; an error before the first event is the error of its start."""
        return self._answers.get(timeout=_PATIENCE_SECONDS)

    def next(self) -> tuple[str, bytes]:
        """Wait for an event."""
        return self._events.get()

    def told(self, kind: str, body: bytes) -> None:
        """Take what it says."""
        value = json.loads(body) if body else None
        self._answers.put(Answer(error=value) if kind == "error" else Answer(value=value))

    def end(self) -> None:
        """Let nobody wait for an event any more."""
        self._events.put(("", b""))


@contextmanager
def awslambda(handler: str, environment: Mapping[str, str], cwd: Path) -> Generator[Function]:
    """Run a handler under `awslambdaric` until the block ends."""
    function = Function()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _api(function))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    about = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_REGION": "eu-central-1",
    }
    command = [sys.executable, "-m", "awslambdaric", handler]
    process = subprocess.Popen(
        command, cwd=cwd, env={**environment, **about}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield function
    finally:
        process.kill()
        process.wait()
        function.end()
        server.shutdown()
        server.server_close()
        thread.join()


def _api(function: Function) -> type[BaseHTTPRequestHandler]:
    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            """Answer at once: the client waits for each packet."""
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def do_GET(self) -> None:
            request_id, event = function.next()
            if not request_id:
                return
            deadline = str(int((time.time() + _PATIENCE_SECONDS) * 1000))
            self._reply(
                200,
                event,
                {
                    "Lambda-Runtime-Aws-Request-Id": request_id,
                    "Lambda-Runtime-Deadline-Ms": deadline,
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:function:f",
                },
            )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            self._reply(202, b"{}", {})
            function.told(self.path.rsplit("/", 1)[1], body)

        def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {
                **headers,
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is inherited
            """Keep quiet."""

    return Api
