"""POST /v1/admin/audit-logs/stream/test: one event that says it is a test; nothing is marked as delivered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from contextfs.journeys.keep import streaming
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, settings_for
from tests.functions.audit_stream.conftest import PATH, act, stream_to
from tests.functions.audit_stream.receiver import Receiver
from tests.functions.conftest import Rows

pytestmark = pytest.mark.usefixtures("patient_web")


def test_the_destination_gets_one_event(owner: Tenant, receiver: Receiver) -> None:
    secret = stream_to(owner, receiver)["secret"]
    act(owner, 1)
    tried = owner.call("POST", f"{PATH}/test").json()
    (message,) = receiver.messages
    (event,) = message.events

    assert tried == {"works": True, "told": "The destination took it."}
    assert message.is_signed_by(secret)
    assert (event["data"]["action"], event["data"]["details"]) == ("audit_stream.tested", {"test": True})
    assert owner.call("GET", PATH).json()["delivered_to"] == 0


def test_what_goes_wrong_is_told(owner: Tenant, receiver: Receiver) -> None:
    stream_to(owner, receiver)
    receiver.statuses = [401]
    refused = owner.call("POST", f"{PATH}/test").json()
    receiver.close()
    gone = owner.call("POST", f"{PATH}/test").json()

    assert refused == {"works": False, "told": "The destination answered with status 401."}
    assert not gone["works"]
    assert "does not answer" in gone["told"]
    assert owner.call("GET", PATH).json()["failures"] == 0


def test_there_has_to_be_one(owner: Tenant) -> None:
    tried = owner.call("POST", f"{PATH}/test").json()

    assert tried == {"works": False, "told": "The audit log is streamed nowhere: set a destination first."}


def test_few_wait_for_a_destination_at_once(owner: Tenant, receiver: Receiver) -> None:
    """Each holds a thread of the server: beyond two a call is told to come again, and the others are answered."""
    stream_to(owner, receiver)
    receiver.held.clear()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(owner.call, "POST", f"{PATH}/test") for _ in range(8)]
        refused: list[Response] = []
        while len(refused) < 6:
            refused = [one.result() for one in asked if one.done()]
        project = owner.call("POST", "/v1/projects", {"name": "meanwhile"})
        receiver.held.set()
        codes = sorted(one.result().status_code for one in asked)

    assert codes == [200, 200, 429, 429, 429, 429, 429, 429]
    assert project.status_code == 201
    assert "try again" in refused[0].json()["detail"]
    assert "retry-after" in refused[0].headers
    assert owner.call("POST", f"{PATH}/test").json()["works"]


def test_who_waits_for_a_destination_holds_no_connection(database_url: str, owner: Tenant, receiver: Receiver) -> None:
    """The pool of this process has one connection: a call that kept it while it waits would stop every other call."""
    stream_to(owner, receiver)
    receiver.held.clear()
    settings = msgspec.structs.replace(settings_for(database_url), stream_networks="127.0.0.0/8", pool_size=1)
    wired = Wiring(settings)
    with TestClient(gateway(wired.door, routes())) as http, ThreadPoolExecutor(2) as pool:
        alone = replace(owner, http=http)
        tried = pool.submit(alone.call, "POST", f"{PATH}/test")
        receiver.arrived.wait(20)
        project = pool.submit(alone.call, "POST", "/v1/projects", {"name": "meanwhile"}).result(20)
        is_over = tried.done()
        receiver.held.set()
        reply = tried.result(20)
    wired.close()

    assert (project.status_code, is_over) == (201, False)
    assert reply.json()["works"]


def test_a_key_that_ends_while_the_destination_is_asked_is_told_nothing(
    owner: Tenant, receiver: Receiver, rows: Rows
) -> None:
    stream_to(owner, receiver)
    receiver.held.clear()
    with ThreadPoolExecutor(1) as pool:
        tried = pool.submit(owner.call, "POST", f"{PATH}/test")
        receiver.arrived.wait(20)
        rows.connection.execute("update contextfs.api_keys set revoked_at = now() where org_id = %s", [owner.org_id])
        receiver.held.set()
        reply = tried.result(20)

    assert reply.status_code == 401
    assert rows.audited(owner, "audit_stream.tested") == []


def test_it_is_audited_once_and_a_test_that_was_kept_is_not_made_again(
    owner: Tenant, receiver: Receiver, rows: Rows
) -> None:
    stream_to(owner, receiver)

    replies = [owner.call("POST", f"{PATH}/test", idempotency_key="once") for _ in range(2)]

    assert [reply.json() for reply in replies] == [{"works": True, "told": "The destination took it."}] * 2
    assert len(receiver.messages) == 1
    assert [row["details"] for row in rows.audited(owner, "audit_stream.tested")] == [{"works": True}]


def test_a_test_waits_for_seconds_only(owner: Tenant, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "_TEST_SECONDS", 0.2)
    stream_to(owner, receiver)
    receiver.held.clear()
    tried = owner.call("POST", f"{PATH}/test").json()
    receiver.held.set()

    assert not tried["works"]
    assert "(too slow)" in tried["told"]
