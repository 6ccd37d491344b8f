"""POST /v1/admin/audit-logs/stream/test: one event that says it is a test; nothing is marked as delivered."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx2 import Response

from contextfs.journeys.keep import streaming
from tests.conftest import Tenant
from tests.functions.audit_stream.conftest import PATH, act, stream_to
from tests.functions.audit_stream.receiver import Receiver


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
    """Each holds a connection of the pool: beyond two a call is told to come again, and the others are answered."""
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


def test_a_test_waits_for_seconds_only(owner: Tenant, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "_TEST_SECONDS", 0.2)
    stream_to(owner, receiver)
    receiver.held.clear()
    tried = owner.call("POST", f"{PATH}/test").json()
    receiver.held.set()

    assert not tried["works"]
    assert "(too slow)" in tried["told"]
