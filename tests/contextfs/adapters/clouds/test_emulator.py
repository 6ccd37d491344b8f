"""The official emulator of Pub/Sub, where it is at hand: what Google's own program says to what we publish.

It knows no filters, and checks nobody: `test_bus.py` does.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from google.cloud import pubsub_v1  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.adapters.clouds.gcp.bus import PubSubBus
from contextfs.kit import envelopes
from contextfs.kit.errors import ContextFSError
from tests.contextfs.adapters.clouds.pubsub import Message
from tests.contextfs.adapters.clouds.test_bus import TOPIC, by_id, event
from tests.contextfs.runtime.processes import free_port

EMULATOR = Path("/usr/lib/google-cloud-sdk/platform/pubsub-emulator/bin/cloud-pubsub-emulator")
SUBSCRIPTION = "projects/contextfs/subscriptions/all"
_PATIENCE_SECONDS = 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not EMULATOR.exists() or which("java") is None,
        reason="the emulator is not installed: gcloud components install pubsub-emulator, and Java",
    ),
]


@pytest.fixture(scope="module")
def emulator() -> Iterator[None]:
    """Run it until the tests are done."""
    port = free_port()
    command = [str(EMULATOR), "--host=127.0.0.1", f"--port={port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        _wait_for(port)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{port}")
            yield
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the emulator does not listen")


def test_events_come_whole_and_all(emulator: None) -> None:
    sent = [event(number=number, type="größe") for number in range(250)]
    sdk: Any = pubsub_v1
    sdk.PublisherClient().create_topic(name=TOPIC)
    subscriber = sdk.SubscriberClient()
    subscriber.create_subscription(name=SUBSCRIPTION, topic=TOPIC)

    PubSubBus(TOPIC).publish(sent)
    found: list[Any] = []
    while len(found) < len(sent):
        found += subscriber.pull(subscription=SUBSCRIPTION, max_messages=1000, timeout=20).received_messages
    messages = [Message(one.message.message_id, one.message.data, dict(one.message.attributes)) for one in found]

    assert by_id(sent) == by_id([envelopes.from_http(one.attributes, one.data) for one in messages])


def test_a_topic_that_is_not_there_is_told(emulator: None) -> None:
    with pytest.raises(ContextFSError, match="NotFound"):
        PubSubBus("projects/contextfs/topics/none").publish([event()])
