"""AWS in this process, for the real client library: moto's server, and what stands in it."""

import json
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import boto3  # pyright: ignore[reportMissingTypeStubs] - it has none
import httpx2
from moto.moto_server.werkzeug_app import (  # pyright: ignore[reportMissingTypeStubs] - it has none
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REGION = "eu-central-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_sdk: Any = boto3
_serving: list[str] = []


@contextmanager
def served() -> Generator[dict[str, str]]:
    """Serve it until the block ends; gives the environment in which AWS's clients find it."""
    app = _FilesOneByOne(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    _serving.append(address)
    try:
        if len(_serving) == 1:  # what stood there is kept by the process, for all of its servers
            httpx2.post(f"{address}/moto-api/reset", timeout=60).raise_for_status()
        yield {**CREDENTIALS, "AWS_ENDPOINT_URL": address}
    finally:
        _serving.remove(address)
        server.shutdown()
        thread.join()
        server.server_close()


class _FilesOneByOne:
    """Lets moto answer one request for S3 at a time: it closes a file that is replaced, also under who reads it."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        signed = environ.get("HTTP_AUTHORIZATION", "") + unquote(environ.get("QUERY_STRING", ""))
        with self._lock if "/s3/aws4_request" in signed else nullcontext():
            return self._app(environ, start_response)


@contextmanager
def client(service: str, environment: dict[str, str]) -> Generator[Any]:
    """Give a client of a service until the block ends."""
    made = _sdk.client(
        service,
        region_name=REGION,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    try:
        yield made
    finally:
        made.close()


def deliver(environment: dict[str, str], bus: str, name: str, pattern: dict[str, Any]) -> str:
    """Draw a consumer's rule and queue, as `infra/aws/events.py` does; gives the queue's URL."""
    with client("events", environment) as events, client("sqs", environment) as sqs:
        url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": name, "Arn": arn}])
        return url


def messages(environment: dict[str, str], url: str) -> Iterator[dict[str, Any]]:
    """Give what waits in a queue, and take it out."""
    with client("sqs", environment) as sqs:
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for one in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
                yield one
