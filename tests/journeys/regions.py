"""One machine, a region of Google Cloud and one of AWS, each as whole as it can stand here.

Programs, targets and variables are those that `infra` plans. The hosts are real (functions-framework, Lambda's runtime
client, the relay), so are the clouds' client libraries and Postgres. Pub/Sub, EventBridge, SQS and what feeds a Lambda
from its queue are stood in for.
"""

import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx2
import msgspec
import psycopg
import pytest

from contextfs.kit.settings import Settings, from_environment
from contextfs.runtime import job
from infra.aws.events import event_pattern
from infra.config import Config
from infra.gcp.events import pubsub_filter
from infra.plan import plan
from infra.planned import Plan
from tests.conftest import as_role, settings_for
from tests.contextfs.adapters.clouds import moto_server, pubsub
from tests.contextfs.runtime.lambda_runtime import Function, awslambda
from tests.contextfs.runtime.processes import REPOSITORY, environment, functions_framework, serving
from tests.contextfs.runtime.replies import Ask
from tests.contextfs.runtime.test_aws import by_api_gateway, read

Call = Callable[[str, str, Any, str], tuple[int, Any]]
"""Calls the API: method, path, body, key; gives status and body."""

FOUNDING = "the founding secret of a region that stands for a test"


@dataclass(frozen=True)
class Place:
    """Where the product runs: how to call it, and whether any event is still on its way."""

    call: Call
    idle: Callable[[], bool]
    key: str
    stranger: str
    """The key of another organization."""


@dataclass(frozen=True)
class Drawn:
    """What `infra` gives to the programs of one region, on a database that its jobs have prepared."""

    plan: Plan
    url: str
    model: str | None

    def variables(self, workload: str) -> dict[str, str]:
        """Give a workload's variables; a program of the image finds the model in it."""
        one = self.plan.workload(workload)
        secrets = _secrets(self.url)
        given = {variable: secrets[name] for variable, name in self.plan.secret_variables(one).items()}
        told = self.plan.environment(one, self.plan.regions[0])
        return told | given | ({"CONTEXTFS_MODEL": self.model} if self.model else {})

    def settings(self, workload: str) -> Settings:
        """Read them as the program does."""
        return from_environment(self.variables(workload))

    def prepare(self) -> tuple[str, str]:
        """Run the jobs of a roll; gives the first key, and that of another organization."""
        for name in ("migrate-pre", "found", "migrate-post"):
            job.run(name, self.variables(name))
        other = self.variables("found") | {job.FOUNDING_SECRET: FOUNDING[::-1]}
        job.run("found", other)
        return job.run("first-key", self.variables("found")), job.run("first-key", other)


def _secrets(url: str) -> Mapping[str, str]:
    return {
        "database-url": as_role(url, "contextfs_app"),
        "relay-database-url": as_role(url, "contextfs_relay"),
        "sql-database-url": as_role(url, "contextfs_sql"),
        "migration-database-url": url,
        "key-pepper": "pepper-for-tests-" * 2,
        "redaction-key": "redaction-key-for-tests-" * 2,
        "founding-secret": FOUNDING,
    }


def drawn(cloud: Literal["gcp", "aws"], region: str, url: str, model: str | None) -> Drawn:
    """Plan a region."""
    config = Config(cloud=cloud, account="contextfs", regions=(region,), domain="example.com", alerts="a@example.com")
    return Drawn(plan(config), url, model)


@contextmanager
def machine(url: str, model: str | None, home: Path) -> Generator[Place]:
    """Let the processes of one machine run until the block ends."""
    found = {**settings_of_jobs(url), job.FOUNDING_SECRET: FOUNDING, job.FOUNDING_EMAIL: "a@example.com"}
    other = found | {job.FOUNDING_SECRET: FOUNDING[::-1]}
    for name in ("migrate-pre", "migrate-post", "found"):
        job.run(name, found)
    job.run("found", other)
    with ExitStack() as stack:
        settings = settings_for(url, model)
        gateway = stack.enter_context(serving("gateway", settings, home))
        for name in ("relay", "worker"):
            stack.enter_context(serving(name, settings, home))
        yield Place(
            call=by_http(gateway, stack.enter_context(client())),
            idle=lambda: waiting(url) == 0,
            key=job.run("first-key", found),
            stranger=job.run("first-key", other),
        )


def settings_of_jobs(url: str) -> dict[str, str]:
    """Give the variables of jobs on one machine."""
    secrets = _secrets(url)
    return {f"CONTEXTFS_{name.upper().replace('-', '_')}": text for name, text in secrets.items()}


@contextmanager
def google(url: str, model: str | None, home: Path) -> Generator[Place]:
    """Let a region of Google Cloud run until the block ends: Cloud Run's services, functions, and the worker pool."""
    region = drawn("gcp", "us-central1", url, model)
    key, stranger = region.prepare()
    service = pubsub.PubSub()
    with ExitStack() as stack:
        environ = stack.enter_context(pytest.MonkeyPatch.context())
        environ.setenv("PUBSUB_EMULATOR_HOST", stack.enter_context(pubsub.served(service)))

        def serve(workload: str, target: str) -> str:
            return stack.enter_context(functions_framework(region.settings(workload), home, "--target", target)).url

        topic = region.settings("relay").events or ""
        for one in region.plan.subscriptions:
            endpoint = serve(one.consumer, region.plan.workload(one.consumer).target)
            wanted = pubsub.filtered(pubsub_filter(one))
            service.subscribe(topic, pubsub.Subscription(one.consumer, wanted, endpoint))
        api = serve("search", "gateway")
        stack.enter_context(pubsub.pushing(service))
        stack.enter_context(serving("relay", region.settings("relay"), home))
        yield Place(
            by_http(api, stack.enter_context(client())), lambda: waiting(url) == 0 and service.idle(), key, stranger
        )


@contextmanager
def amazon(url: str, model: str | None, home: Path) -> Generator[Place]:
    """Let a region of AWS run until the block ends: Lambda functions, their queues, and the relay's task."""
    region = drawn("aws", moto_server.REGION, url, model)
    key, stranger = region.prepare()
    with ExitStack() as stack:
        aws = stack.enter_context(moto_server.served())
        environ = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in aws.items():
            environ.setenv(name, value)
        bus = region.settings("relay").events or ""
        stack.enter_context(moto_server.client("events", aws)).create_event_bus(Name=bus)
        vault = stack.enter_context(moto_server.client("secretsmanager", aws))
        arns = {
            name: vault.create_secret(Name=region.plan.name(name, region.plan.regions[0]), SecretString=text)["ARN"]
            for name, text in _secrets(url).items()
        }

        def deploy(workload: str, target: str) -> Function:
            settings = msgspec.structs.replace(region.settings(workload), database_shared=True)
            named = region.plan.secret_variables(region.plan.workload(workload)).items()
            secrets = {variable: f"aws-secret:{arns[name]}" for variable, name in named}
            own = environment(settings, home) | secrets | aws | {"CONTEXTFS_TARGET": target}
            return stack.enter_context(awslambda("contextfs.runtime.aws.handler", own, REPOSITORY))

        queues: dict[str, str] = {}
        for one in region.plan.subscriptions:
            function = deploy(one.consumer, region.plan.workload(one.consumer).target)
            queues[one.consumer] = moto_server.deliver(aws, bus, one.consumer, event_pattern(one))
            stack.enter_context(_feeding(aws, queues[one.consumer], function))
        api = deploy("search", "gateway")
        stack.enter_context(serving("relay", region.settings("relay"), home))
        yield Place(
            call=_by_lambda(api),
            idle=lambda: waiting(url) == 0 and not any(_queued(aws, queue) for queue in queues.values()),
            key=key,
            stranger=stranger,
        )


def client() -> httpx2.Client:
    """Make a connection for each call: one that waited may be closed in the moment in which it is used again."""
    return httpx2.Client(timeout=60, trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))


def by_http(url: str, http: httpx2.Client) -> Call:
    """Call a gateway."""

    def call(method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {key}"}
        response = http.request(method, url + path, json=body, headers=headers)
        return response.status_code, response.json()

    return call


def _by_lambda(function: Function) -> Call:
    """Call as API Gateway does."""

    def call(method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        text = b"" if body is None else json.dumps(body).encode()
        reply = read(function.invoke(by_api_gateway(Ask(method, path, text, headers))))
        return reply.status, json.loads(reply.body)

    return call


@contextmanager
def _feeding(aws: dict[str, str], queue: str, function: Function) -> Generator[None]:
    """Bring a queue's messages to a function in batches, as its event source mapping does."""
    stop = threading.Event()

    def feed(sqs: Any) -> None:
        while not stop.wait(0.05):
            about = {"AttributeNames": ["ApproximateReceiveCount"]}
            found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, **about).get("Messages", [])
            if found:
                records = [
                    {"messageId": one["MessageId"], "body": one["Body"], "attributes": one["Attributes"]}
                    for one in found
                ]
                failed = function.invoke({"Records": records}).value["batchItemFailures"]
                again = {one["itemIdentifier"] for one in failed}
                for one in found:
                    if one["MessageId"] not in again:
                        sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])

    with moto_server.client("sqs", aws) as sqs:
        thread = threading.Thread(target=feed, args=(sqs,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def waiting(url: str) -> int:
    """Count the events in the outbox, and the deliveries of the bus of one machine."""
    query = "select (select count(*) from contextfs.outbox) + (select count(*) from contextfs.deliveries)"
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def _queued(aws: dict[str, str], queue: str) -> int:
    """Count the messages that wait in a queue or are being taken."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    with moto_server.client("sqs", aws) as sqs:
        told = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(told[name]) for name in names)
