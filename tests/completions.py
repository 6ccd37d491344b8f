"""A server that speaks OpenAI's chat completions, with answers that a test says."""

import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Upstream:
    """What the server answers, one after the other (the last again and again), and what it was asked."""

    url: str = ""
    answers: list[Any] = field(default_factory=list[Any])
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    keys: list[str | None] = field(default_factory=list[str | None])
    pause: float = 0.0
    meanwhile: Callable[[], object] = lambda: None
    """What happens while it thinks."""

    def says(self, value: Any, *, input_tokens: int = 1000, output_tokens: int = 100) -> None:
        """Answer with a value as JSON, or with a text as it is."""
        content = value if isinstance(value, str) else json.dumps(value)
        usage = {"prompt_tokens": input_tokens, "completion_tokens": output_tokens}
        self.answers.append((200, {"choices": [{"message": {"content": content}}], "usage": usage}))

    def fails(self, status: int, body: Any = None) -> None:
        """Answer with a status."""
        self.answers.append((status, body or {"error": {"message": "sk-secret-that-was-sent is wrong"}}))


@contextmanager
def listening() -> Generator[Upstream]:
    """Listen on a free port of this machine."""
    upstream = Upstream()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            upstream.asked.append(json.loads(body) | {"path": self.path})
            upstream.keys.append(self.headers["authorization"])
            time.sleep(upstream.pause)
            upstream.meanwhile()
            status, told = upstream.answers.pop(0) if len(upstream.answers) > 1 else upstream.answers[0]
            reply = told.encode() if isinstance(told, str) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that is overridden
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    upstream.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield upstream
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
