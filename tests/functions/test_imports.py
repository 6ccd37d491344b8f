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
ENVIRONMENT = {
    "CONTEXTFS_DATABASE_URL": "host=127.0.0.1 port=9 dbname=none",
    "CONTEXTFS_KEY_PEPPER": "pepper-for-tests-" * 2,
    "CONTEXTFS_REDACTION_KEY": "redaction-key-for-tests-" * 2,
}


def loaded(host: str, repository: Path) -> Loaded:
    """Load all rows in a fresh interpreter."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.functions.loading", host],
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


@pytest.mark.parametrize("name", ROWS)
def test_a_host_may_copy_its_process_after_loading(by_gcp: Loaded, by_aws: Loaded, name: str) -> None:
    assert (by_gcp[name]["threads"], by_aws[name]["threads"]) == (0, 0)
