"""functions-framework as it is installed, called over HTTP."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from contextfs.kit import envelopes
from contextfs.kit.events import Event
from tests.conftest import Tenant, settings_for
from tests.contextfs.runtime.happenings import (
    forget_passages_of,
    happened,
    memory_created,
    outbox_of,
    passages_of,
)
from tests.contextfs.runtime.processes import Served, functions_framework
from tests.contextfs.runtime.replies import CREATES, JSON, MEMORY, Ask, Reply, asked_of_the_gateway

Enveloped = tuple[dict[str, str], bytes]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the hosts a home."""
    return tmp_path_factory.mktemp("gcp")


@pytest.fixture(scope="module")
def creating(database_url: str, home: Path) -> Iterator[Served]:
    """Serve the one route that creates memories."""
    with functions_framework(settings_for(database_url), home, "--target", "memories_create", "--asgi") as served:
        yield served


@pytest.fixture(scope="module")
def everything(database_url: str, home: Path) -> Iterator[Served]:
    """Serve every route, without saying that the functions are ASGI functions."""
    with functions_framework(settings_for(database_url), home, "--target", "gateway") as served:
        yield served


@pytest.fixture(scope="module")
def indexing(database_url: str, home: Path) -> Iterator[Served]:
    """Serve a trigger, the way Cloud Functions starts it."""
    arguments = ("--target", "triggers_index_memory", "--signature-type", "cloudevent", "--asgi")
    with functions_framework(settings_for(database_url), home, *arguments) as served:
        yield served


@pytest.fixture(scope="module")
def relaying(database_url: str, home: Path) -> Iterator[Served]:
    """Serve a schedule."""
    arguments = ("--target", "schedules_relay_outbox", "--asgi")
    with functions_framework(settings_for(database_url), home, *arguments) as served:
        yield served


def asked(served: Served, ask: Ask) -> Reply:
    """Send a request to a host."""
    url = served.url + ask.path
    response = httpx2.request(ask.method, url, content=ask.body, headers=ask.headers, trust_env=False, timeout=60)
    return Reply(response.status_code, dict(response.headers), response.content)


def sent(served: Served, enveloped: Enveloped) -> Reply:
    """Send an event to a host."""
    headers, body = enveloped
    return asked(served, Ask(path="/", body=body, headers=headers))


def binary(event: Event) -> Enveloped:
    """Put the envelope into headers."""
    return envelopes.binary(event)


def structured(event: Event) -> Enveloped:
    """Put everything into one JSON object."""
    return {"content-type": "application/cloudevents+json; charset=utf-8"}, envelopes.structured(event)


def pushed(event: Event) -> Enveloped:
    """Push it as Pub/Sub does: the envelope is in the message's attributes."""
    attributes, data = envelopes.binary(event)
    message = {"data": base64.b64encode(data).decode(), "attributes": attributes, "messageId": "1"}
    body = json.dumps({"message": message, "subscription": "projects/p/subscriptions/s"})
    return {"content-type": "application/json"}, body.encode()


def brought_by_eventarc(event: Event) -> Enveloped:
    """Push it as Eventarc does: Pub/Sub's message is the data of another CloudEvent."""
    headers, body = pushed(event)
    about = {"ce-type": "google.cloud.pubsub.topic.v1.messagePublished", "ce-source": "//pubsub.googleapis.com/t"}
    return headers | about | {"ce-id": "1", "ce-specversion": "1.0"}, body


@pytest.mark.parametrize("case", CREATES)
def test_a_route_replies_as_the_gateway_does(creating: Served, found_tenant: Callable[[], Tenant], case: str) -> None:
    tenant, twin = found_tenant(), found_tenant()

    reply = asked(creating, CREATES[case].of(tenant))

    assert asked_of_the_gateway(twin, CREATES[case].of(twin)).seen() == reply.seen()


def test_a_route_refuses_other_methods_of_its_path(creating: Served, tenant: Tenant) -> None:
    reply = asked(creating, Ask("GET", headers=JSON).of(tenant))

    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_route_refuses_a_large_body_that_does_not_tell_its_size(creating: Served, tenant: Tenant) -> None:
    headers = Ask(headers=JSON).of(tenant).headers
    parts = (b" " * 65536 for _ in range(40))

    response = httpx2.post(f"{creating.url}/v1/memories", content=parts, headers=headers, trust_env=False, timeout=60)

    assert response.status_code == 413


def test_what_a_function_stored_is_there_for_the_gateway(creating: Served, tenant: Tenant) -> None:
    stored = json.loads(asked(creating, CREATES["created"].of(tenant)).body)["memory"]

    assert stored == tenant.call("GET", f"/v1/memories/{stored['id']}").json()


def test_all_routes_are_one_target(everything: Served, tenant: Tenant) -> None:
    stored = json.loads(asked(everything, Ask(body=MEMORY, headers=JSON).of(tenant)).body)["memory"]

    reply = asked(everything, Ask("GET", f"/v1/memories/{stored['id']}", headers=JSON).of(tenant))

    assert stored == json.loads(reply.body)


@pytest.mark.parametrize("envelope", [binary, structured, pushed, brought_by_eventarc])
def test_an_event_has_its_effect(
    indexing: Served, tenant: Tenant, database_url: str, envelope: Callable[[Event], Enveloped]
) -> None:
    event = memory_created(tenant)

    reply = sent(indexing, envelope(event))

    assert reply.status == 204
    assert passages_of(database_url, event) == 1


def test_an_event_that_comes_again_has_no_second_effect(indexing: Served, tenant: Tenant, database_url: str) -> None:
    event = memory_created(tenant)
    sent(indexing, pushed(event))
    forget_passages_of(database_url, event)

    reply = sent(indexing, pushed(event))

    assert reply.status == 204
    assert passages_of(database_url, event) == 0


MALFORMED: dict[str, tuple[int, dict[str, str], bytes]] = {
    "nothing": (415, {}, b""),
    "no JSON": (400, {"content-type": "application/json"}, b"{"),
    "no push": (400, {"content-type": "application/json"}, b"{}"),
    "push of nothing": (400, {"content-type": "application/json"}, b'{"message": {"messageId": "1"}}'),
    "push of noise": (400, {"content-type": "application/json"}, b'{"message": {"data": "%%%"}}'),
    "empty envelope": (400, {"content-type": "application/cloudevents+json"}, b"{}"),
    "batch": (415, {"content-type": "application/cloudevents-batch+json"}, b"[]"),
    "another version": (400, {"ce-specversion": "0.3", "ce-id": "1", "ce-source": "/", "ce-type": "x"}, b"{}"),
    "another's event": (400, {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/", "ce-type": "x"}, b"{}"),
    "too large": (413, {"content-type": "application/json"}, b" " * 1_100_000),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_event_is_told_as_a_problem(indexing: Served, case: str) -> None:
    status, headers, body = MALFORMED[case]

    reply = sent(indexing, (headers, body))

    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(reply.body)["status"] == status


def test_an_envelope_that_contradicts_its_event_is_refused(indexing: Served, tenant: Tenant) -> None:
    headers, body = binary(happened(tenant, "memory.created", uuid4()))

    reply = sent(indexing, (headers | {"ce-source": f"/contextfs/organizations/{uuid4()}"}, body))

    assert reply.status == 422
    assert json.loads(reply.body)["where"] == "source"


def test_events_come_by_post_only(indexing: Served) -> None:
    reply = asked(indexing, Ask("GET", "/"))

    assert (reply.status, reply.headers["allow"]) == (405, "POST")


def test_a_schedule_runs_when_the_clock_calls(relaying: Served, tenant: Tenant, database_url: str) -> None:
    memory_created(tenant)

    reply = asked(relaying, Ask(path="/"))

    assert reply.status == 204
    assert outbox_of(database_url, tenant) == 0
