"""POST /v1/admin/audit-logs/stream/rotate: both secrets sign for a while, and then the new one alone."""

from datetime import timedelta

import pytest

from contextfs.kit.errors import NotAuthenticated
from tests.conftest import Tenant
from tests.functions.audit_stream.conftest import PATH, Carry, Time, act, stream_to
from tests.functions.audit_stream.receiver import Receiver


def test_both_sign_for_a_while(owner: Tenant, receiver: Receiver, carry: Carry, time: Time) -> None:
    old = stream_to(owner, receiver)["secret"]
    new = owner.call("POST", f"{PATH}/rotate", {"grace_hours": 1}).json()["secret"]
    carry()
    (during,) = receiver.messages

    assert old != new
    assert during.is_signed_by(old)
    assert during.is_signed_by(new)


def test_then_the_new_one_alone_does(owner: Tenant, receiver: Receiver, carry: Carry) -> None:
    old = stream_to(owner, receiver)["secret"]
    new = owner.call("POST", f"{PATH}/rotate", {"grace_hours": 0}).json()["secret"]
    act(owner, 1)
    carry()
    (after,) = receiver.messages

    assert after.is_signed_by(new)
    with pytest.raises(NotAuthenticated):
        after.is_signed_by(old)


def test_there_has_to_be_one(owner: Tenant) -> None:
    assert owner.call("POST", f"{PATH}/rotate", {}).status_code == 409


def test_the_time_of_the_old_one_is_told(owner: Tenant, receiver: Receiver, time: Time) -> None:
    stream_to(owner, receiver)
    time.passed += timedelta(hours=2)

    assert owner.call("POST", f"{PATH}/rotate", {"grace_hours": 1}).json()["stream"]["former_until"] is not None
