"""A server that sets a cookie with each reply, and notes which it is sent."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Baker:
    """Where it listens, and the header Cookie of each request, None where there was none."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sent: list[str | None] = []


@contextmanager
def baking(body: bytes = b"{}", *, silent: float = 0.0) -> Generator[Baker]:
    """Serve one until the block ends; it answers each request with that body, after so many silent seconds."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            time.sleep(silent)
            baker.sent.append(self.headers.get("cookie"))
            self.send_response(200)
            self.send_header("set-cookie", "session=of-the-first; Path=/")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None: ...  # pyright: ignore[reportIncompatibleMethodOverride] - it says nothing

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        baker = Baker(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield baker
        finally:
            server.shutdown()
            thread.join()
