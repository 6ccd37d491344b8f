"""Pub/Sub in this process, for the real client library: it takes what is published, and brings it to subscriptions.

As Google's documentation describes them: filters, at least once, push with attempts, retries and dead letters. Messages
of one request may come in any order. The official emulator knows no filters.
"""

import base64
import json
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Mapping
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import grpc
import httpx2
from google.pubsub_v1 import types  # pyright: ignore[reportMissingTypeStubs] - it has none

_TERM = re.compile(
    r'hasPrefix\(attributes\."(?P<begun>[^"]+)", "(?P<prefix>[^"]*)"\)'
    r'|attributes\."(?P<named>[^"]+)" = "(?P<value>[^"]*)"'
)
_HEADERS = {"content-type": "application/json", "user-agent": "CloudPubSub-Google"}
_TAKEN = {102, 200, 201, 202, 204}


@dataclass(frozen=True)
class Message:
    """One message, as it was published."""

    id: str
    data: bytes
    attributes: dict[str, str]

    def pushed(self, subscription: str, attempt: int) -> dict[str, Any]:
        """Give the body of its push."""
        message = {
            "data": base64.b64encode(self.data).decode(),
            "attributes": self.attributes,
            "messageId": self.id,
            "publishTime": datetime.now(UTC).isoformat(),
        }
        return {"message": message, "subscription": subscription, "deliveryAttempt": attempt}


@dataclass
class Subscription:
    """Who gets which messages of a topic. Without an endpoint they are kept."""

    name: str
    wanted: Callable[[Mapping[str, str]], bool]
    endpoint: str | None = None
    most_attempts: int = 8
    waiting: "deque[Message]" = field(default_factory=deque[Message])
    attempts: "defaultdict[str, int]" = field(default_factory=lambda: defaultdict[str, int](int))
    dead: list[Message] = field(default_factory=list[Message])
    busy: bool = False


class PubSub:
    """The service: its topics, each with its subscriptions, and what goes wrong if one wants it to."""

    def __init__(self) -> None:
        self.topics: dict[str, list[Subscription]] = {}
        self.trouble: list[grpc.StatusCode] = []
        """What the next requests fail with."""
        self.requests: list[int] = []
        """How many messages each request brought."""
        self._number = 0

    def subscribe(self, topic: str, subscription: Subscription) -> Subscription:
        """Add a subscription to a topic, which is made."""
        self.topics.setdefault(topic, []).append(subscription)
        return subscription

    def idle(self) -> bool:
        """Tell whether nothing waits and nothing is being pushed."""
        return not any(one.waiting or one.busy for topic in self.topics.values() for one in topic)

    def publish(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Take messages, all or none."""
        self.requests.append(len(request.messages))
        if self.trouble:
            context.abort(self.trouble.pop(0), "as asked for")
        if request.topic not in self.topics:
            context.abort(grpc.StatusCode.NOT_FOUND, "Topic not found")
        taken = [self._take(request.topic, one) for one in request.messages]
        return types.PublishResponse(message_ids=taken)

    def _take(self, topic: str, one: Any) -> str:
        self._number += 1
        message = Message(str(self._number), bytes(one.data), dict(one.attributes))
        for subscription in self.topics[topic]:
            if subscription.wanted(message.attributes):
                subscription.waiting.append(message)
        return message.id


@contextmanager
def served(pubsub: PubSub) -> Generator[str]:
    """Serve it over gRPC until the block ends; gives the value of PUBSUB_EMULATOR_HOST."""
    rpc: Any = grpc
    replies: Any = types.PublishResponse
    answer = rpc.unary_unary_rpc_method_handler(
        pubsub.publish,
        request_deserializer=types.PublishRequest.deserialize,
        response_serializer=replies.serialize,
    )
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("google.pubsub.v1.Publisher", {"Publish": answer}),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


@contextmanager
def pushing(pubsub: PubSub) -> Generator[None]:
    """Push what waits to its endpoints until the block ends, each subscription in a thread of its own."""
    stop = threading.Event()
    subscriptions = [one for topic in pubsub.topics.values() for one in topic if one.endpoint is not None]
    threads = [threading.Thread(target=_push_all, args=(one, stop)) for one in subscriptions]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _push_all(subscription: Subscription, stop: threading.Event) -> None:
    with httpx2.Client(trust_env=False, timeout=60) as http:
        while not stop.is_set():
            if subscription.waiting:
                subscription.busy = True
                _push(subscription, subscription.waiting.popleft(), http)
                subscription.busy = False
            else:
                time.sleep(0.01)


def _push(subscription: Subscription, message: Message, http: httpx2.Client) -> None:
    """Push once. What is not taken (any status but these) waits again, or is dead after enough attempts."""
    subscription.attempts[message.id] += 1
    attempt = subscription.attempts[message.id]
    body = json.dumps(message.pushed(subscription.name, attempt))
    response = http.post(subscription.endpoint or "", content=body, headers=_HEADERS)
    if response.status_code in _TAKEN:
        return
    if attempt >= subscription.most_attempts:
        subscription.dead.append(message)
    else:
        subscription.waiting.append(message)


def filtered(text: str | None) -> Callable[[Mapping[str, str]], bool]:
    """Read a filter of the form that we write: comparisons and prefixes of quoted attributes, joined by OR."""
    if text is None:
        return lambda _: True
    terms = [_TERM.fullmatch(term) for term in text.split(" OR ")]

    def wanted(attributes: Mapping[str, str]) -> bool:
        return any(_holds(term, attributes) for term in terms)

    return wanted


def _holds(term: "re.Match[str] | None", attributes: Mapping[str, str]) -> bool:
    assert term is not None, "a filter that this Pub/Sub cannot read"
    if term["begun"] is not None:
        return attributes.get(term["begun"], "").startswith(term["prefix"])
    return attributes.get(term["named"]) == term["value"]
