"""An event that fails for the last time in a cloud is a dead letter like any other: an admin sees it."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from contextfs.domain.events.rules import MOST_ATTEMPTS
from contextfs.kit import envelopes
from contextfs.kit.errors import Unavailable
from contextfs.kit.events import Event
from contextfs.runtime import aws, gcp, targets
from contextfs.runtime.wiring import Wiring, triggers
from infra.aws.events import ATTEMPTS as ON_AWS
from infra.gcp.events import ATTEMPTS as ON_GCP
from tests.conftest import Tenant, settings_for
from tests.contextfs.runtime.happenings import happened

EXTRACT = next(trigger for trigger in triggers() if trigger.name == "triggers.extract")
SAID = "We decided to use Postgres for the queue."


@pytest.fixture
def poisoned(tenant: Tenant, database_url: str) -> Iterator[Event]:
    """Complete a session with a message whose kind the product does not know, as a broken import would leave it.

    It is mended afterwards: schedules that complete everybody's sessions run on the same database.
    """
    message = {"role": "user", "content": SAID, "external_id": "m"}
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": [message]}
    session = UUID(tenant.call("POST", "/v1/sessions", body).json()["session"]["id"])
    set_kind = "update contextfs.messages set kind = %s where session_id = %s"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(set_kind, ["nonsense", session])
        yield happened(tenant, "session.completed", session)
        connection.execute(set_kind, ["prompt", session])


def letters(tenant: Tenant) -> list[Any]:
    return tenant.call("GET", "/v1/admin/dead-letters").json()["items"]


def pushed(event: Event, attempt: int) -> bytes:
    """Give the body of a push of Pub/Sub."""
    attributes, data = envelopes.binary(event)
    message = {"data": base64.b64encode(data).decode(), "attributes": attributes}
    return json.dumps({"message": message, "deliveryAttempt": attempt}).encode()


def test_the_clouds_try_as_often_as_one_machine_does() -> None:
    assert (MOST_ATTEMPTS, MOST_ATTEMPTS) == (ON_GCP, ON_AWS)


def test_the_last_attempt_buries_the_event_for_its_own_organization(
    wiring: Wiring, tenant: Tenant, other_tenant: Tenant, poisoned: Event
) -> None:
    early = targets.take(wiring, EXTRACT, lambda: poisoned, attempt=MOST_ATTEMPTS - 1)
    before = letters(tenant)
    last = targets.take(wiring, EXTRACT, lambda: poisoned, attempt=MOST_ATTEMPTS)
    (letter,) = letters(tenant)

    assert (early is None, before, last) == (False, [], None)
    assert (letter["consumer"], letter["attempts"]) == (EXTRACT.name, MOST_ATTEMPTS)
    assert letter["event"] == json.loads(msgspec.json.encode(poisoned))
    assert SAID not in letter["error"]
    assert letters(other_tenant) == []


def test_an_event_that_cannot_be_buried_is_left_to_the_sender(database_url: str, poisoned: Event) -> None:
    settings = msgspec.structs.replace(settings_for(database_url), database_url="host=127.0.0.1 port=9 dbname=none")
    away = Wiring(settings)
    away.database.close()

    failed = targets.take(away, EXTRACT, lambda: poisoned, attempt=MOST_ATTEMPTS)

    assert isinstance(failed, Unavailable)


def test_what_is_no_event_is_left_to_the_sender(wiring: Wiring) -> None:
    read = lambda: envelopes.from_eventbridge("{}")  # noqa: E731 - what a malformed message reads as

    assert targets.take(wiring, EXTRACT, read, attempt=MOST_ATTEMPTS) is not None


def test_a_queue_tells_which_attempt_it_is(wiring: Wiring, tenant: Tenant, poisoned: Event) -> None:
    handler = aws.hang(EXTRACT, lambda: wiring)
    body = json.dumps({"detail": json.loads(envelopes.structured(poisoned))})
    records = [
        {"messageId": count, "body": body, "attributes": {"ApproximateReceiveCount": count}} for count in ("7", "8")
    ]

    answer = handler({"Records": records}, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "7"}]}
    assert len(letters(tenant)) == 1


def test_a_push_tells_which_attempt_it_is(wiring: Wiring, tenant: Tenant, poisoned: Event) -> None:
    app = Starlette(routes=[Route("/", gcp.hang(EXTRACT, lambda: wiring), methods=["POST"])])
    headers = {"content-type": "application/json"}

    with TestClient(app) as http:
        statuses = [http.post("/", content=pushed(poisoned, n), headers=headers).status_code for n in (7, 8)]

    assert statuses == [500, 204]
    assert len(letters(tenant)) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"message": {}, "deliveryAttempt": "many"}', b'{"message": {}}'])
def test_a_push_that_does_not_tell_is_the_first(body: bytes) -> None:
    assert envelopes.attempt_of(body) == 1
