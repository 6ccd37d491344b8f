"""GET /v1/admin/audit-logs/stream: how far it has come, and none of its secrets."""

from collections.abc import Callable

from tests.conftest import Tenant
from tests.functions.audit_stream.conftest import PATH, Carry, act, stream_to
from tests.functions.audit_stream.receiver import Receiver


def test_it_tells_how_far_it_has_come(owner: Tenant, receiver: Receiver, carry: Carry) -> None:
    stream_to(owner, receiver, authorization="Splunk s3cret")
    act(owner, 2)
    before = owner.call("GET", PATH)
    carry()
    after = owner.call("GET", PATH).json()

    assert (before.json()["state"], before.json()["behind"], before.json()["delivered_at"]) == ("delivering", 3, None)
    assert (after["state"], after["behind"], after["delivered_to"]) == ("current", 0, 3)
    assert before.json()["has_authorization"]
    assert "s3cret" not in before.text
    assert "secret" not in before.json()


def test_without_one_there_is_nothing_to_see(owner: Tenant, other_owner: Tenant, receiver: Receiver) -> None:
    stream_to(other_owner, receiver)
    reply = owner.call("GET", PATH)

    assert (reply.json()["state"], reply.json()["url"], reply.json()["behind"]) == ("off", None, 0)


def test_a_key_of_one_project_or_of_a_member_sees_nothing(owner: Tenant, key_with: Callable[..., Tenant]) -> None:
    lesser = key_with(owner, role="owner", project_id=str(owner.project_id)), key_with(owner, role="member")

    assert [one.call("GET", PATH).status_code for one in lesser] == [403, 403]
