"""GET /health/ready."""

from starlette.testclient import TestClient

from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.kit.call import Services
from contextfs.runtime.door.door import Door
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.functions.asking import told


def test_it_is_ready_when_the_database_answers(http: TestClient) -> None:
    reply = http.get("/health/ready")

    assert reply.status_code == 200
    assert reply.json() == {"status": "ok", "checks": {"database": "ok"}}


def test_it_is_not_when_the_database_does_not(wiring: Wiring) -> None:
    away = PostgresDatabase("postgresql://127.0.0.1:1/nothing", size=1, timeout=0.2)
    services = Services(
        database=away,
        embedder=lambda: None,
        key_pepper=wiring.services.key_pepper,
        redaction_key=wiring.services.redaction_key,
        entropy=wiring.services.entropy,
    )
    with TestClient(gateway(Door(services, wiring.clock, wiring.allowance), routes())) as client:
        reply = client.get("/health/ready")
    away.close()

    assert reply.status_code == 503
    assert reply.headers["retry-after"] == "1"
    assert told(reply)["detail"] == "The database does not answer; nothing was stored, try again."
