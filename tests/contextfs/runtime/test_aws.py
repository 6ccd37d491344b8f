"""Lambda functions under AWS's own runtime client."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from contextfs.kit import envelopes
from contextfs.kit.events import Event
from tests.conftest import Tenant, settings_for
from tests.contextfs.runtime.collector import collecting
from tests.contextfs.runtime.happenings import (
    forget_passages_of,
    memory_created,
    outbox_of,
    passages_of,
)
from tests.contextfs.runtime.lambda_runtime import Answer, Function, awslambda
from tests.contextfs.runtime.processes import REPOSITORY, environment
from tests.contextfs.runtime.replies import CREATES, JSON, MEMORY, Ask, Reply, asked_of_the_gateway

HANDLER = "contextfs.runtime.aws.handler"
Deploy = Callable[..., AbstractContextManager[Function]]


@pytest.fixture(scope="module")
def deploy(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Deploy:
    """Give a function that runs a target until its block ends."""
    own = environment(settings_for(database_url), tmp_path_factory.mktemp("aws"))

    def run(target: str, **more: str) -> AbstractContextManager[Function]:
        return awslambda(HANDLER, {**own, "CONTEXTFS_TARGET": target, **more}, REPOSITORY)

    return run


@pytest.fixture(scope="module")
def creating(deploy: Deploy) -> Iterator[Function]:
    """Run the one route that creates memories."""
    with deploy("memories_create") as function:
        yield function


@pytest.fixture(scope="module")
def everything(deploy: Deploy) -> Iterator[Function]:
    """Run every route."""
    with deploy("gateway") as function:
        yield function


@pytest.fixture(scope="module")
def indexing(deploy: Deploy) -> Iterator[Function]:
    """Run a trigger."""
    with deploy("triggers_index_memory") as function:
        yield function


def by_api_gateway(ask: Ask) -> dict[str, Any]:
    """Give a request as API Gateway's HTTP API sends it (payload 2.0)."""
    url = urlsplit(ask.path)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": url.path,
        "rawQueryString": url.query,
        "headers": {"host": "api.example.test", **ask.headers},
        "requestContext": {
            "http": {"method": ask.method, "path": url.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "stage": "$default",
            "requestId": "r",
        },
        "body": ask.body.decode(),
        "isBase64Encoded": False,
    }


def by_load_balancer(ask: Ask) -> dict[str, Any]:
    """Give a request as a load balancer with multi-value headers sends it."""
    url = urlsplit(ask.path)
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/t/1"}},
        "httpMethod": ask.method,
        "path": url.path,
        "multiValueQueryStringParameters": parse_qs(url.query),
        "multiValueHeaders": {name: [value] for name, value in {"host": "lb.example.test", **ask.headers}.items()},
        "body": base64.b64encode(ask.body).decode(),
        "isBase64Encoded": True,
    }


def by_eventbridge(event: Event) -> dict[str, Any]:
    """Give an event as EventBridge brings it."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": event.type,
        "source": "contextfs",
        "account": "123456789012",
        "time": "2030-01-01T00:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": json.loads(envelopes.structured(event)),
    }


def by_queue(*bodies: str) -> dict[str, Any]:
    """Give texts as a batch of SQS; the messages are numbered."""
    return {
        "Records": [
            {"messageId": str(number), "body": body, "eventSource": "aws:sqs", "attributes": {}}
            for number, body in enumerate(bodies)
        ]
    }


def read(answer: Answer) -> Reply:
    """Read the reply that goes back to API Gateway or the load balancer."""
    value = answer.value
    named = value.get("headers") or {name: ", ".join(all_) for name, all_ in value["multiValueHeaders"].items()}
    body = base64.b64decode(value["body"]) if value.get("isBase64Encoded") else value.get("body", "").encode()
    return Reply(value["statusCode"], named, body)


@pytest.mark.parametrize("way", [by_api_gateway, by_load_balancer])
@pytest.mark.parametrize("case", CREATES)
def test_a_route_replies_as_the_gateway_does(
    creating: Function, found_tenant: Callable[[], Tenant], case: str, way: Callable[[Ask], dict[str, Any]]
) -> None:
    tenant, twin = found_tenant(), found_tenant()

    reply = read(creating.invoke(way(CREATES[case].of(tenant))))

    assert asked_of_the_gateway(twin, CREATES[case].of(twin)).seen() == reply.seen()


def test_a_route_refuses_other_methods_of_its_path(creating: Function, tenant: Tenant) -> None:
    reply = read(creating.invoke(by_api_gateway(Ask("GET", headers=JSON).of(tenant))))

    assert (reply.status, reply.headers["allow"]) == (405, "POST")


def test_problems_go_out_as_text(creating: Function) -> None:
    answer = creating.invoke(by_api_gateway(Ask("GET")))

    assert answer.value["isBase64Encoded"] is False


@pytest.mark.parametrize("way", [by_api_gateway, by_load_balancer])
def test_all_routes_are_one_target(everything: Function, tenant: Tenant, way: Callable[[Ask], dict[str, Any]]) -> None:
    stored = json.loads(read(everything.invoke(way(Ask(body=MEMORY, headers=JSON).of(tenant)))).body)["memory"]

    reply = read(everything.invoke(way(Ask("GET", "/v1/memories?tag=ops&tag=none", headers=JSON).of(tenant))))
    found = read(everything.invoke(way(Ask("GET", f"/v1/memories/{stored['id']}", headers=JSON).of(tenant))))

    assert json.loads(reply.body)["items"] == []
    assert json.loads(found.body) == stored


def test_an_event_has_its_effect(indexing: Function, tenant: Tenant, database_url: str) -> None:
    event = memory_created(tenant)

    answer = indexing.invoke(by_eventbridge(event))

    assert answer == Answer()
    assert passages_of(database_url, event) == 1


def test_an_event_that_comes_again_has_no_second_effect(indexing: Function, tenant: Tenant, database_url: str) -> None:
    event = memory_created(tenant)
    indexing.invoke(by_eventbridge(event))
    forget_passages_of(database_url, event)

    answer = indexing.invoke(by_queue(json.dumps(by_eventbridge(event))))

    assert answer == Answer(value={"batchItemFailures": []})
    assert passages_of(database_url, event) == 0


MALFORMED: dict[str, Any] = {
    "nothing": {},
    "of another sender": {"version": "0", "source": "aws.s3", "detail-type": "Object Created", "detail": {"bucket": 1}},
    "no object": [],
    "half a character": {"detail": {"specversion": "1.0", "id": "\ud800", "source": "", "type": "", "data": {}}},
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_event_is_a_failure_with_one_clear_line(indexing: Function, case: str) -> None:
    answer = indexing.invoke(MALFORMED[case])

    assert answer.error is not None
    assert answer.error["errorType"] == "BadInput"
    assert "EventBridge" in answer.error["errorMessage"]


@pytest.mark.parametrize("poison", ["", "{", "{}", '{"detail": 7}', "\ud800"])
def test_one_poison_message_does_not_hold_up_the_others(
    indexing: Function, tenant: Tenant, database_url: str, poison: str
) -> None:
    event = memory_created(tenant)

    answer = indexing.invoke(by_queue(poison, json.dumps(by_eventbridge(event))))

    assert answer == Answer(value={"batchItemFailures": [{"itemIdentifier": "0"}]})
    assert passages_of(database_url, event) == 1


def test_a_schedule_runs_on_any_event(deploy: Deploy, tenant: Tenant, database_url: str) -> None:
    memory_created(tenant)
    with deploy("schedules_relay_outbox") as function:
        answer = function.invoke({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}})

    assert answer == Answer()
    assert outbox_of(database_url, tenant) == 0


def test_an_unknown_target_stops_the_start(deploy: Deploy) -> None:
    with deploy("memories_nothing") as function:
        answer = function.answer()

    assert answer.error is not None
    assert "CONTEXTFS_TARGET" in answer.error["errorMessage"]


def test_a_missing_setting_stops_the_start(deploy: Deploy) -> None:
    with deploy("memories_create", CONTEXTFS_KEY_PEPPER="") as function:
        answer = function.answer()

    assert answer.error is not None
    assert "CONTEXTFS_KEY_PEPPER" in answer.error["errorMessage"]


def test_telemetry_is_sent_before_the_answer(deploy: Deploy) -> None:
    with collecting() as collector, deploy("system_live", CONTEXTFS_OTLP_ENDPOINT=collector.url) as function:
        function.invoke(by_api_gateway(Ask("GET", "/health/live")))

        assert ["system.live"] == [span.name for span in collector.spans]
