"""Events go into their envelopes and come out the same; nothing else comes out."""

import base64
import json
import string
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from cloudevents.http import from_http  # pyright: ignore[reportUnknownVariableType] - it is typed in part
from hypothesis import given
from hypothesis import strategies as some

from contextfs.kit import envelopes
from contextfs.kit.errors import BadInput, ContextFSError, Invalid, UnsupportedMedia
from contextfs.kit.events import Event

EVENT = Event(
    id=UUID(int=1),
    type="memory.created",
    org_id=UUID(int=2),
    project_id=UUID(int=3),
    subject=UUID(int=4),
    time=datetime(2030, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
    actor="key:1",
    reader=UUID(int=5),
    data={"passages": 3},
)
STRUCTURED = {"content-type": "application/cloudevents+json"}
PUSH = {"content-type": "application/json"}

events = some.builds(
    Event,
    id=some.uuids(),
    type=some.text(string.ascii_lowercase + "._", min_size=1),
    org_id=some.uuids(),
    project_id=some.none() | some.uuids(),
    subject=some.uuids(),
    time=some.datetimes(timezones=some.just(UTC)),
    actor=some.text(),
    reader=some.uuids(),
    data=some.dictionaries(some.text(), some.integers(-9, 9) | some.text() | some.none()),
)


def pushed(data: bytes, attributes: dict[str, str]) -> bytes:
    """Wrap a message as Pub/Sub pushes it."""
    message = {"data": base64.b64encode(data).decode(), "attributes": attributes, "messageId": "1"}
    return json.dumps({"message": message, "subscription": "projects/p/subscriptions/s"}).encode()


def by_binary(event: Event) -> Event:
    """Send by headers and body."""
    return envelopes.from_http(*envelopes.binary(event))


def by_structured(event: Event) -> Event:
    """Send as one JSON object."""
    return envelopes.from_http(STRUCTURED, envelopes.structured(event))


def by_push(event: Event) -> Event:
    """Send through Pub/Sub, with the envelope in the attributes."""
    attributes, data = envelopes.binary(event)
    return envelopes.from_http(PUSH, pushed(data, attributes))


def by_structured_push(event: Event) -> Event:
    """Send through Pub/Sub, with the envelope in the data."""
    return envelopes.from_http(PUSH, pushed(envelopes.structured(event), STRUCTURED))


def by_eventarc(event: Event) -> Event:
    """Send through Pub/Sub and Eventarc, which wraps the push in another CloudEvent."""
    attributes, data = envelopes.binary(event)
    outer = {
        "specversion": "1.0",
        "id": "1",
        "source": "//pubsub.googleapis.com/projects/p/topics/t",
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
        "data": json.loads(pushed(data, attributes)),
    }
    return envelopes.from_http(STRUCTURED, json.dumps(outer).encode())


def by_eventbridge(event: Event) -> Event:
    """Send through EventBridge."""
    return envelopes.from_eventbridge({"detail-type": event.type, "detail": json.loads(envelopes.structured(event))})


def by_queue(event: Event) -> Event:
    """Send through EventBridge and a queue."""
    return envelopes.from_eventbridge(json.dumps({"detail": json.loads(envelopes.structured(event))}))


@pytest.mark.parametrize(
    "way", [by_binary, by_structured, by_push, by_structured_push, by_eventarc, by_eventbridge, by_queue]
)
@given(event=events)
def test_what_goes_in_comes_out(way: Callable[[Event], Event], event: Event) -> None:
    assert event == way(event)


@pytest.mark.parametrize("sent", [envelopes.binary(EVENT), (STRUCTURED, envelopes.structured(EVENT))])
def test_another_implementation_reads_our_envelopes(sent: tuple[dict[str, str], bytes]) -> None:
    read: Any = from_http(*sent)

    told: dict[str, Any] = dict(read.get_attributes())
    assert envelopes.attributes(EVENT).items() - {("datacontenttype", "application/json")} <= told.items()
    assert json.loads(envelopes.binary(EVENT)[1]) == read.get_data()


@pytest.mark.parametrize("name", ["id", "source", "type", "subject"])
def test_an_envelope_that_contradicts_its_event_is_invalid(name: str) -> None:
    headers, body = envelopes.binary(EVENT)

    with pytest.raises(Invalid) as refused:
        envelopes.from_http(headers | {f"ce-{name}": "another"}, body)

    assert refused.value.where == name


def test_an_envelope_needs_no_subject() -> None:
    headers, body = envelopes.binary(EVENT)
    del headers["ce-subject"]

    assert EVENT == envelopes.from_http(headers, body)


def test_a_push_in_a_push_is_refused() -> None:
    attributes, data = envelopes.binary(EVENT)
    about = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/"}
    pubsub = about | {"ce-type": "google.cloud.pubsub.topic.v1.messagePublished"}

    with pytest.raises(BadInput):
        envelopes.from_http(PUSH, pushed(pushed(data, attributes), pubsub))


def test_other_media_are_refused() -> None:
    with pytest.raises(UnsupportedMedia):
        envelopes.from_http({"content-type": "application/cloudevents-batch+json"}, b"[]")


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(BadInput):
        envelopes.from_http(PUSH, b'{"message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@given(
    headers=some.dictionaries(some.sampled_from(["ce-specversion", "ce-id", "ce-source", "ce-type"]), some.text()),
    media_type=some.sampled_from(["application/json", "application/cloudevents+json", ""]),
    body=some.binary()
    | some.recursive(some.none() | some.text(), some.lists).map(lambda value: json.dumps(value).encode()),
)
def test_noise_is_only_ever_refused(headers: dict[str, str], media_type: str, body: bytes) -> None:
    with pytest.raises(ContextFSError) as refused:
        envelopes.from_http(headers | {"content-type": media_type}, body)

    assert 400 <= refused.value.status < 500


@given(
    notice=some.text()
    | some.dictionaries(some.sampled_from(["detail", "source"]), some.none() | some.text() | some.floats())
)
def test_noise_of_eventbridge_is_only_ever_refused(notice: Any) -> None:
    with pytest.raises(BadInput):
        envelopes.from_eventbridge(notice)
