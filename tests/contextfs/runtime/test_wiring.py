"""What stands behind the ports follows from the settings, and nothing else of a cloud is loaded."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from contextfs.kit.errors import Invalid
from contextfs.runtime.wiring import Wiring
from tests.conftest import settings_for

CHOOSE = """
import sys
from contextfs.kit.settings import Settings
from contextfs.runtime.wiring import Wiring
cloud, events = sys.argv[1:]
closed = "host=127.0.0.1 port=9 dbname=none"
settings = Settings(
    database_url=closed, relay_database_url=closed, key_pepper="p" * 32, redaction_key="r" * 32,
    cloud=cloud, events=events or None, region="us-east-1",
)
wired = Wiring(settings)
print(type(wired.bus(wired.database)).__name__, sorted({"google.cloud.pubsub_v1", "boto3"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("cloud", "events", "chosen"),
    [
        ("local", "", "LocalBus []"),
        ("gcp", "projects/p/topics/t", "PubSubBus ['google.cloud.pubsub_v1']"),
        ("aws", "events", "EventBridgeBus ['boto3']"),
    ],
)
def test_a_cloud_loads_its_own_sdk_only(repository: Path, cloud: str, events: str, chosen: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", CHOOSE, cloud, events],
        env={"PYTHONPATH": f"{repository}/shared:{repository}", "PUBSUB_EMULATOR_HOST": "127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.stdout.strip() == chosen, told.stderr


@pytest.mark.parametrize("cloud", ["gcp", "aws"])
def test_a_publisher_must_know_where_to(database_url: str, cloud: str) -> None:
    wired = Wiring(msgspec.structs.replace(settings_for(database_url), cloud=cloud))

    with pytest.raises(Invalid, match="CONTEXTFS_EVENTS is missing"):
        wired.bus(wired.database)
    wired.close()
