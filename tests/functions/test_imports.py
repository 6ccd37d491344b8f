"""Handlers start fast: none loads a cloud's SDK, a web server, or anything else that it does not need."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contextfs.runtime.wiring import routes, schedules, triggers

Loaded = dict[str, dict[str, Any]]

ROWS = [row.name for row in (*routes(), *triggers(), *schedules())]
EVENTS = [row.name for row in (*triggers(), *schedules())]
SDKS = ("google.", "boto3", "botocore", "numpy", "uvicorn", "httpx2", "opentelemetry")
WEB = ("starlette", "mangum", "flask", "anyio")
PROTOCOLS = tuple(
    f"contextfs.runtime.{name}"
    for name in ("oauth", "streaming", "mcp", "scim", "border", "isolation", "proxying.endpoint")
)
"""What only some doors speak: it is loaded where it is first spoken."""
MOST_OF_OURS = 150
"""Modules of ours that a plain door takes; each costs about a millisecond of CPU before the first call."""
ENVIRONMENT = {
    "CONTEXTFS_DATABASE_URL": "host=127.0.0.1 port=9 dbname=none",
    "CONTEXTFS_KEY_PEPPER": "pepper-for-tests-" * 2,
    "CONTEXTFS_REDACTION_KEY": "redaction-key-for-tests-" * 2,
}


def loaded(host: str, repository: Path, *names: str) -> Loaded:
    """Load some rows, or all, in a fresh interpreter."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.functions.loading", host, *names],
        cwd=repository,
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def unwanted(row: dict[str, Any], prefixes: tuple[str, ...]) -> list[str]:
    """Name the modules that should not have been loaded."""
    return [module for module in row["modules"] if module.startswith(prefixes)]


@pytest.fixture(scope="module")
def alone(repository: Path) -> Loaded:
    """Load each handler by itself."""
    return loaded("handlers", repository)


@pytest.fixture(scope="module")
def by_gcp(repository: Path) -> Loaded:
    """Load each target by main.py."""
    return loaded("gcp", repository)


@pytest.fixture(scope="module")
def by_aws(repository: Path) -> Loaded:
    """Load each target by the Lambda handler."""
    return loaded("aws", repository)


@pytest.mark.parametrize("name", ROWS)
def test_a_handler_loads_no_more_than_it_needs(alone: Loaded, name: str) -> None:
    assert unwanted(alone[name], SDKS + WEB) == []


@pytest.mark.parametrize("name", ROWS)
def test_functions_framework_finds_each_target_and_loads_no_sdk(by_gcp: Loaded, name: str) -> None:
    assert unwanted(by_gcp[name], SDKS) == []


@pytest.mark.parametrize("name", ROWS)
def test_lambda_finds_each_target_and_loads_no_sdk(by_aws: Loaded, name: str) -> None:
    assert unwanted(by_aws[name], SDKS) == []


@pytest.mark.parametrize("name", EVENTS)
def test_events_and_schedules_start_without_http_on_lambda(by_aws: Loaded, name: str) -> None:
    assert unwanted(by_aws[name], WEB) == []


def test_who_decides_what_was_proposed_loads_nothing_that_proposes(alone: Loaded) -> None:
    loads = {name: unwanted(alone[name], ("contextfs.journeys.learn",)) for name in ROWS if name.startswith("reviews.")}

    assert loads
    assert not any(loads.values()), loads


def test_no_door_loads_a_protocol_before_it_is_spoken(by_gcp: Loaded, by_aws: Loaded) -> None:
    early = [(name, unwanted(row, PROTOCOLS)) for host in (by_gcp, by_aws) for name, row in host.items()]

    assert [one for one in early if one[1]] == []


@pytest.mark.parametrize("host", ["gcp", "aws"])
def test_a_plain_door_loads_few_modules(host: str, repository: Path) -> None:
    modules = loaded(host, repository, "projects.list")["projects.list"]["modules"]
    ours = [module for module in modules if module.partition(".")[0] in {"contextfs", "functions"}]

    assert "contextfs.runtime.door.door" in ours
    assert len(ours) <= MOST_OF_OURS


@pytest.mark.parametrize("name", ROWS)
def test_a_host_may_copy_its_process_after_loading(by_gcp: Loaded, by_aws: Loaded, name: str) -> None:
    assert (by_gcp[name]["threads"], by_aws[name]["threads"]) == (0, 0)
