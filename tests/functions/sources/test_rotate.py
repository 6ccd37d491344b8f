"""POST /v1/sources/{source_id}/rotate."""

from typing import Any

from contextfs.domain.sources.signatures import signed
from contextfs.kit.clock import system_clock
from tests.conftest import Tenant
from tests.functions.asking import SECRET, Things
from tests.functions.conftest import Rows

BODY = b'{"conversation_id": "1", "messages": [{"role": "user", "content": "hello"}]}'


def send(tenant: Tenant, things: Things, secret: str, delivery: str) -> int:
    headers = {"content-type": "application/json", **signed(secret, delivery, system_clock(), BODY)}
    return tenant.http.post(f"/v1/ingest/{things.source}", content=BODY, headers=headers).status_code


def rotate(tenant: Tenant, things: Things, **fields: Any) -> Any:
    return tenant.call("POST", f"/v1/sources/{things.source_id}/rotate", fields)


def test_both_secrets_are_good_for_a_while(tenant: Tenant, things: Things, rows: Rows) -> None:
    new = rotate(tenant, things).json()["secret"]

    assert new not in {SECRET, ""}
    assert [send(tenant, things, SECRET, "a"), send(tenant, things, new, "b")] == [200, 200]
    assert len(rows.audited(tenant, "source.rotated")) == 1


def test_a_leaked_secret_ends_at_once(tenant: Tenant, things: Things) -> None:
    new = rotate(tenant, things, grace_hours=0).json()["secret"]

    assert [send(tenant, things, SECRET, "a"), send(tenant, things, new, "b")] == [401, 200]


def test_a_second_rotation_ends_the_first_secret(tenant: Tenant, things: Things) -> None:
    second = rotate(tenant, things).json()["secret"]
    third = rotate(tenant, things, secret="a-secret-of-the-senders-own").json()["secret"]

    assert [send(tenant, things, one, str(place)) for place, one in enumerate((SECRET, second, third))] == [
        401,
        200,
        200,
    ]


def test_repeating_the_call_rotates_once_and_shows_no_secret(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sources/{things.source_id}/rotate"
    first = tenant.call("POST", path, {}, idempotency_key="k")
    again = tenant.call("POST", path, {}, idempotency_key="k")

    assert again.json() == first.json() | {"secret": ""}
    assert send(tenant, things, SECRET, "a") == 200
