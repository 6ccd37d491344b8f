"""GET /health/live."""

from starlette.testclient import TestClient

from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import settings_for


def test_it_says_so_without_looking_at_anything(http: TestClient) -> None:
    reply = http.get("/health/live")

    assert reply.status_code == 200
    assert reply.json() == {"status": "ok", "checks": {}}


def test_it_lives_without_a_database() -> None:
    wired = Wiring(settings_for("postgresql://127.0.0.1:1/nothing"))
    with TestClient(gateway(wired.door, routes())) as client:
        assert client.get("/health/live").status_code == 200
    wired.close()
