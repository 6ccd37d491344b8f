"""Envelopes: an event as it travels, a CloudEvent 1.0, alone or inside what Pub/Sub and EventBridge wrap around it.

Reading is strict: what is none of these forms is BadInput or UnsupportedMedia, what contradicts itself is Invalid. Such
an envelope can never succeed: it is for its sender's dead-letter policy. The forms: the CloudEvents specification 1.0.2
with its HTTP, JSON and Pub/Sub bindings; Pub/Sub's push with a wrapper; EventBridge's event structure.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import msgspec

from contextfs.kit.errors import BadInput, Invalid, UnsupportedMedia
from contextfs.kit.events import Event

T = TypeVar("T")

STRUCTURED = "application/cloudevents+json"
"""The media type of a CloudEvent that is one JSON object."""

_SOURCE = "/contextfs/organizations/"
_JSON = "application/json"
_PREFIX = "ce-"
_VERSION = "ce-specversion"
_PUBSUB = "google.cloud.pubsub.topic.v1.messagePublished"


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str | None = None
    data: msgspec.Raw


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    data: bytes = b""
    attributes: dict[str, str] = {}


class _Push(msgspec.Struct, frozen=True, kw_only=True):
    message: _Message
    attempt: int = msgspec.field(default=1, name="deliveryAttempt")


class _Notice(msgspec.Struct, frozen=True, kw_only=True):
    detail: _Envelope


def attributes(event: Event) -> dict[str, str]:
    """Give the attributes of an event's envelope."""
    return {
        "specversion": "1.0",
        "id": str(event.id),
        "source": f"{_SOURCE}{event.org_id}",
        "type": event.type,
        "subject": str(event.subject),
        "time": event.time.isoformat(),
        "datacontenttype": _JSON,
    }


def structured(event: Event) -> bytes:
    """Write an event as one JSON object: the body of a request, or the `Detail` of an EventBridge entry."""
    return msgspec.json.encode({**attributes(event), "data": event})


def binary(event: Event) -> tuple[dict[str, str], bytes]:
    """Write an event as headers and a body, or as the attributes (which filters can look at) and data of a message."""
    told = attributes(event)
    headers = {"content-type": told.pop("datacontenttype")}
    return headers | {f"{_PREFIX}{name}": value for name, value in told.items()}, msgspec.json.encode(event)


def from_http(headers: Mapping[str, str], body: bytes) -> Event:
    """Read a request: a CloudEvent in binary or structured form, or a push of Pub/Sub, bare or as Eventarc sends it.

    Header names are in lower case.
    """
    media_type = headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if _VERSION in headers:
        envelope = _from_binary(headers, body)
    elif media_type == STRUCTURED:
        envelope = _from_structured(body)
    elif media_type == _JSON:
        return _from_push(body)
    else:
        detail = f"Send a CloudEvent (headers ce-…, or Content-Type: {STRUCTURED}), or Pub/Sub's push as {_JSON}."
        raise UnsupportedMedia(detail, where="header.Content-Type")
    return _from_push(bytes(envelope.data)) if envelope.type == _PUBSUB else _open(envelope)


def attempt_of(body: bytes) -> int:
    """Tell how often Pub/Sub has pushed this, with this time; 1 where it does not say."""
    try:
        return msgspec.json.decode(body, type=_Push).attempt
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return 1


def from_eventbridge(notice: Mapping[str, Any] | str) -> Event:
    """Read what EventBridge brings, as a JSON object or, by way of a queue, as its text: `detail` is a CloudEvent."""

    def read() -> _Notice:
        text = notice.encode() if isinstance(notice, str) else msgspec.json.encode(notice)
        return msgspec.json.decode(text, type=_Notice)

    return _open(_readable(read, "an event of EventBridge with a CloudEvent as its detail").detail)


def _open(envelope: _Envelope) -> Event:
    event = _readable(lambda: msgspec.json.decode(envelope.data, type=Event), "a CloudEvent with an event of ours")
    told = attributes(event)
    for name in ("id", "source", "type", "subject"):
        if getattr(envelope, name) not in {told[name], None}:
            detail = f"The envelope's {name} is not that of the event in it: send it as it was published."
            raise Invalid(detail, where=name)
    return event


def _from_push(body: bytes) -> Event:
    push = _readable(lambda: msgspec.json.decode(body, type=_Push), "a push of Pub/Sub")
    message = push.message
    if _VERSION in message.attributes:
        return _open(_from_binary(message.attributes, message.data))
    return _open(_from_structured(message.data))


def _from_structured(body: bytes) -> _Envelope:
    return _readable(lambda: msgspec.json.decode(body, type=_Envelope), "a CloudEvent")


def _from_binary(named: Mapping[str, str], data: bytes) -> _Envelope:
    told = {name.removeprefix(_PREFIX): value for name, value in named.items() if name.startswith(_PREFIX)}
    return _readable(lambda: msgspec.convert({**told, "data": msgspec.Raw(data)}, _Envelope), "a CloudEvent")


def _readable(read: Callable[[], T], what: str) -> T:
    try:
        return read()
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadInput(f"This is not {what}: {error}.") from error
