"""What a program publishes of itself may be slow to come: that holds up who asks for it, and nobody else."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes

pytestmark = pytest.mark.usefixtures("patient_web")
PLACES = 2


class Slow:
    """A server that publishes nothing until a test says so."""

    def __init__(self) -> None:
        self.held, self.arrived = threading.Event(), threading.Semaphore(0)
        slow = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                slow.arrived.release()
                slow.held.wait(20)
                self.send_error(404)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def slow() -> Iterator[Slow]:
    """Give a slow server."""
    made = Slow()
    yield made
    made.held.set()
    made.server.shutdown()
    made.server.server_close()


def test_few_wait_for_a_programs_metadata_at_once(clocked: Wiring, slow: Slow) -> None:
    address = f"http://127.0.0.1:{slow.server.server_port}/client.json"
    app = gateway(clocked.door, routes())
    with TestClient(app) as process, ThreadPoolExecutor(PLACES) as pool:
        asked = [
            pool.submit(process.get, "/oauth/authorize", params={"client_id": address, "redirect_uri": "x:y"})
            for _ in range(PLACES)
        ]
        assert all(slow.arrived.acquire(timeout=20) for _ in asked)
        turned_away = process.get("/oauth/authorize", params={"client_id": address, "redirect_uri": "x:y"})
        others = process.get("/.well-known/oauth-authorization-server")
        slow.held.set()
        wait(asked)

    assert (turned_away.status_code, turned_away.headers["retry-after"]) == (429, "5")
    assert "wait for what a program publishes" in turned_away.text
    assert (others.status_code, {one.result().status_code for one in asked}) == (200, {401})
