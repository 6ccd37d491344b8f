"""When the server itself is at fault it says so in one line, keeps its inside to itself, and stores nothing."""

import asyncio
import json
import logging
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows
from tests.functions.vectors import begin

MARK = "quetzalcoatl"


class Broken:
    """An embedder with a mistake in it."""

    model = "broken"
    dimensions = 384

    def embed(self, texts: Sequence[str]) -> Iterable[Iterable[float]]:  # noqa: ARG002 - it does not get that far
        """Fail in a way that nobody foresaw."""
        raise RuntimeError(MARK)


def test_a_mistake_in_a_handler_is_told_without_its_words(
    tenant: Tenant, wiring: Wiring, rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    begin(rows, tenant, "broken")
    door = replace(wiring.door, services=replace(wiring.services, embedder=Broken))
    with TestClient(gateway(door, routes())) as client, caplog.at_level(logging.ERROR):
        reply = replace(tenant, http=client).call("POST", "/v1/search", {"query": MARK}, idempotency_key="k1")

    assert reply.status_code == 500
    assert MARK not in reply.text
    assert told(reply)["request_id"] in told(reply)["detail"]
    assert told(reply)["request_id"] in {getattr(record, "request_id", "") for record in caplog.records}
    for table in ("audit_log", "usage_records", "idempotency_keys"):
        assert rows.of(table, tenant) == []


def test_a_mistake_before_the_door_is_told_the_same_way(wiring: Wiring) -> None:
    sent: list[MutableMapping[str, Any]] = []
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/v1/query",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("x", 80),
        "client": None,
        "root_path": "",
    }

    async def receive() -> MutableMapping[str, Any]:
        raise RuntimeError(MARK)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    with pytest.raises(RuntimeError):
        asyncio.run(gateway(wiring.door, routes())(scope, receive, send))
    start, body = sent

    assert start["status"] == 500
    assert MARK not in body["body"].decode()
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
    assert json.loads(body["body"])["request_id"] == dict(start["headers"])[b"x-request-id"].decode()


def test_a_database_that_is_away_is_told_as_such(tenant: Tenant, wiring: Wiring) -> None:
    away = PostgresDatabase("postgresql://127.0.0.1:1/nothing", size=1, timeout=0.2)
    door = replace(wiring.door, services=replace(wiring.services, database=away))
    with TestClient(gateway(door, routes())) as client:
        caller = replace(tenant, http=client)
        replies = [
            caller.call("GET", "/v1/memories"),
            caller.call("POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": "x"}),
        ]
    away.close()

    for reply in replies:
        assert reply.status_code == 503
        assert reply.headers["retry-after"] == "1"
        assert told(reply)["detail"] == "The database does not answer; nothing was stored, try again."
