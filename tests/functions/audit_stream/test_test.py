"""POST /v1/admin/audit-logs/stream/test: one event that says it is a test; nothing is marked as delivered."""

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
