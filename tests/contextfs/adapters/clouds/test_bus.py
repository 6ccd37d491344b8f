"""The buses of all clouds keep one contract: what is published reaches each consumer that asks for it, whole."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, cast
from uuid import UUID, uuid4

import grpc
import msgspec
import psycopg
import pytest
from botocore.awsrequest import AWSResponse  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.adapters.clouds.aws import bus as eventbridge
from contextfs.adapters.clouds.aws.bus import EventBridgeBus, batches
from contextfs.adapters.clouds.gcp import bus as pubsub_bus
from contextfs.adapters.clouds.gcp.bus import PubSubBus
from contextfs.adapters.clouds.local.bus import LocalBus
from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.kit import envelopes
from contextfs.kit.clock import system_clock
from contextfs.kit.errors import ContextFSError, Unavailable
from contextfs.kit.events import Event
from contextfs.kit.ports import Bus
from contextfs.runtime.wiring import consumers_of, triggers
from infra.aws.events import event_pattern
from infra.config import Config
from infra.gcp.events import pubsub_filter
from infra.plan import plan
from infra.planned import Subscription
from tests.conftest import as_role
from tests.contextfs.adapters.clouds import moto_server, pubsub
from tests.contextfs.adapters.clouds.pubsub import PubSub

TOPIC = "projects/contextfs/topics/ctx-events-usc1"
BUS = "ctx-events-usc1"
CONSUMERS = tuple(trigger.name for trigger in triggers())


@dataclass(frozen=True)
class Twin:
    """A bus, and what has come to a consumer since one looked last; a bus of the same kind whose service is away."""

    bus: Bus
    arrived: Callable[[str], list[Event]]
    away: Bus


def subscriptions(cloud: Any) -> dict[str, Subscription]:
    """Give what `infra` plans for each trigger."""
    region = "us-central1" if cloud == "gcp" else "us-east-1"
    config = Config(cloud=cloud, account="contextfs", regions=(region,), domain="example.com", alerts="a@example.com")
    planned = {one.consumer: one for one in plan(config).subscriptions}
    return {trigger.name: planned[trigger.name.replace("triggers.", "on-").replace("_", "-")] for trigger in triggers()}


@pytest.fixture(scope="module")
def local(database_url: str) -> Iterator[Twin]:
    """Give the bus of one machine."""
    database = PostgresDatabase(as_role(database_url, "contextfs_relay"), size=2)

    def arrived(consumer: str) -> list[Event]:
        with psycopg.connect(database_url, autocommit=True) as connection:
            query = "delete from contextfs.deliveries where consumer = %s returning event"
            return [msgspec.convert(row[0], Event) for row in connection.execute(query, [consumer])]

    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("delete from contextfs.deliveries")  # what tests of other rooms left on its way
    closed = PostgresDatabase("host=127.0.0.1 port=9 dbname=none", size=1, timeout=0.1)
    away = LocalBus(closed, consumers_of, system_clock)
    yield Twin(LocalBus(database, consumers_of, system_clock), arrived, away)
    database.close()
    closed.close()


@pytest.fixture(scope="module")
def service() -> PubSub:
    """Give a Pub/Sub with the subscriptions that are drawn."""
    made = PubSub()
    for name, subscription in subscriptions("gcp").items():
        wanted = pubsub.filtered(pubsub_filter(subscription))
        made.subscribe(TOPIC, pubsub.Subscription(name, wanted))
    return made


@pytest.fixture(scope="module")
def google(service: PubSub) -> Iterator[Twin]:
    """Give the bus of Google Cloud, with Google's client library."""
    kept = {one.name: one for one in service.topics[TOPIC]}

    def arrived(consumer: str) -> list[Event]:
        found = list(kept[consumer].waiting)
        kept[consumer].waiting.clear()
        pushed = (msgspec.json.encode(one.pushed(consumer, 1)) for one in found)
        return [envelopes.from_http({"content-type": "application/json"}, body) for body in pushed]

    with pytest.MonkeyPatch.context() as patch, pubsub.served(service) as address:
        patch.setenv("PUBSUB_EMULATOR_HOST", "127.0.0.1:9")
        with patch.context() as soon:
            soon.setattr(pubsub_bus, "_ALL_TRIES_SECONDS", 0.5)
            nowhere = PubSubBus(TOPIC)
        patch.setenv("PUBSUB_EMULATOR_HOST", address)
        bus = PubSubBus(TOPIC)
        yield Twin(bus, arrived, nowhere)
        bus.close()
        nowhere.close()


@pytest.fixture(scope="module")
def aws() -> Iterator[dict[str, str]]:
    """Give the environment of an AWS with a bus, and the rules and queues that are drawn."""
    with moto_server.served() as environment:
        with moto_server.client("events", environment) as events:
            events.create_event_bus(Name=BUS)
        yield environment


@pytest.fixture(scope="module")
def amazon(aws: dict[str, str]) -> Iterator[Twin]:
    """Give the bus of AWS, with AWS's client library."""
    queues = {
        name: moto_server.deliver(aws, BUS, name.replace(".", "-"), event_pattern(subscription))
        for name, subscription in subscriptions("aws").items()
    }

    def arrived(consumer: str) -> list[Event]:
        return [envelopes.from_eventbridge(one["Body"]) for one in moto_server.messages(aws, queues[consumer])]

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (aws | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}).items():
            patch.setenv(name, value)
        patch.setattr(eventbridge, "_PAUSES", (0.01, 0.02, 0.04))
        nowhere = EventBridgeBus(BUS, region=moto_server.REGION)
        patch.setenv("AWS_ENDPOINT_URL", aws["AWS_ENDPOINT_URL"])
        bus = EventBridgeBus(BUS, region=moto_server.REGION)
        yield Twin(bus, arrived, nowhere)
        bus.close()
        nowhere.close()


@pytest.fixture(params=["local", "google", "amazon"])
def twin(request: pytest.FixtureRequest) -> Iterator[Twin]:
    """Give each twin, with nothing on its way, before and after."""
    made: Twin = request.getfixturevalue(request.param)
    for consumer in CONSUMERS:
        made.arrived(consumer)
    yield made
    for consumer in CONSUMERS:
        made.arrived(consumer)


def event(event_type: str = "memory.created", org_id: UUID | None = None, **data: Any) -> Event:
    return Event(
        id=uuid4(),
        type=event_type,
        org_id=org_id or uuid4(),
        project_id=uuid4(),
        subject=uuid4(),
        time=datetime.now(UTC),
        actor="test",
        reader=uuid4(),
        data=data,
    )


def by_id(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda one: one.id)


def test_an_event_comes_whole(twin: Twin) -> None:
    sent = event(type="größe", count=3, nothing=None)

    twin.bus.publish([sent])

    assert [sent] == twin.arrived("triggers.index_memory")


def test_an_event_comes_to_those_who_ask_for_its_type(twin: Twin) -> None:
    sent = [event("session.completed"), event("passages.indexed"), event("project.created")]

    twin.bus.publish(sent)

    takers = {"triggers.index_session": 0, "triggers.extract": 0, "triggers.read": 0, "triggers.embed": 1}
    assert {consumer: [sent[takers[consumer]]] if consumer in takers else [] for consumer in CONSUMERS} == {
        consumer: twin.arrived(consumer) for consumer in CONSUMERS
    }


def test_many_events_all_come(twin: Twin) -> None:
    sent = [event(number=number) for number in range(25)]

    twin.bus.publish(sent)

    assert by_id(sent) == by_id(twin.arrived("triggers.index_memory"))


def test_nothing_is_published(twin: Twin) -> None:
    twin.bus.publish([])

    assert [] == twin.arrived("triggers.index_memory")


def test_events_of_two_organizations_come_as_their_own(twin: Twin) -> None:
    mine, theirs = event(org_id=uuid4()), event(org_id=uuid4())

    twin.bus.publish([mine, theirs])

    assert {mine.id: mine.org_id, theirs.id: theirs.org_id} == {
        one.id: one.org_id for one in twin.arrived("triggers.index_memory")
    }


def test_what_an_absent_bus_did_not_take_can_be_published_again(twin: Twin) -> None:
    sent = event()

    with pytest.raises(Unavailable):
        twin.away.publish([sent])
    twin.bus.publish([sent])

    assert [sent] == twin.arrived("triggers.index_memory")


# What each cloud's client does beside the contract.


def test_pubsub_takes_many_events_in_few_requests(google: Twin, service: PubSub) -> None:
    before = len(service.requests)

    google.bus.publish([event() for _ in range(1000)])

    assert len(google.arrived("triggers.index_memory")) == 1000
    assert len(service.requests) - before <= 20


def test_pubsub_is_asked_again_when_it_stumbles(google: Twin, service: PubSub) -> None:
    sent = event()
    service.trouble.append(grpc.StatusCode.UNAVAILABLE)

    google.bus.publish([sent])

    assert [sent] == google.arrived("triggers.index_memory")


@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.INVALID_ARGUMENT])
def test_what_pubsub_refuses_for_good_does_not_pass_by_itself(
    google: Twin, service: PubSub, code: grpc.StatusCode
) -> None:
    service.trouble.append(code)

    with pytest.raises(ContextFSError, match=TOPIC) as told:
        google.bus.publish([event()])

    assert not isinstance(told.value, Unavailable)


def test_a_topic_that_is_not_there_is_told(google: Twin) -> None:
    other = PubSubBus(f"{TOPIC.rsplit('/', 1)[0]}/other")

    with pytest.raises(ContextFSError, match=r"topics/other takes no events: NotFound\."):
        other.publish([event()])
    other.close()


def refusing(bus: EventBridgeBus, refusals: list[set[int]]) -> list[int]:
    """Let the service refuse the entries of these numbers, request by request; gives the sizes of the requests."""
    asked: list[int] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        entries = json.loads(request.body)["Entries"]
        asked.append(len(entries))
        refused = refusals.pop(0) if refusals else set[int]()
        told = [{"ErrorCode": "ThrottlingException"} if n in refused else {"EventId": "1"} for n in range(len(entries))]
        body = json.dumps({"FailedEntryCount": len(refused), "Entries": told}).encode()
        return AWSResponse(request.url, 200, dict[str, str](), cast("Any", Body(body)))

    client: Any = bus._client  # pyright: ignore[reportPrivateUsage] - its requests are answered here
    client.meta.events.register("before-send.events.PutEvents", answer)
    return asked


class Body(BytesIO):
    """A body as the HTTP client of AWS reads it."""

    def stream(self) -> Iterator[bytes]:
        """Give all of it."""
        yield self.read()


def test_what_eventbridge_refuses_is_put_again(amazon: Twin) -> None:
    bus = EventBridgeBus(BUS, region=moto_server.REGION)
    asked = refusing(bus, [{0, 3}, {1}])

    bus.publish([event() for _ in range(12)])

    assert [10, 2, 1, 2] == asked


def test_what_eventbridge_refuses_for_long_is_told(amazon: Twin) -> None:
    bus = EventBridgeBus(BUS, region=moto_server.REGION)
    refusing(bus, [{1}, {0}, {0}, {0}])

    with pytest.raises(Unavailable, match=f"{BUS} took 4 of 5 events"):
        bus.publish([event() for _ in range(5)])


def test_requests_to_eventbridge_keep_its_limits() -> None:
    entries = [{"Source": "s", "DetailType": "t", "Detail": "x" * size} for size in (200_000, 100_000, *[10] * 11)]

    made = list(batches([*entries, {**entries[0], "Detail": "x" * 300_000}, entries[2]]))

    assert [1, 10, 2, 1, 1] == [len(batch) for batch in made]
