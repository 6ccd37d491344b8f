"""Jobs: migrations before and after a roll, schedules that take long, and what they say when they cannot."""

import os
import subprocess
import sys
from collections.abc import Callable

import psycopg
import pytest

from contextfs.kit.errors import Invalid
from contextfs.runtime import job
from tests.conftest import as_role, settings_for
from tests.house.source import ROOT


def environment(url: str) -> dict[str, str]:
    """Give the variables that a job finds in the cloud."""
    settings = settings_for(url)
    return {
        job.OWNER: url,
        "CONTEXTFS_DATABASE_URL": settings.database_url,
        "CONTEXTFS_RELAY_DATABASE_URL": settings.relay_database_url or "",
        "CONTEXTFS_KEY_PEPPER": settings.key_pepper,
        "CONTEXTFS_REDACTION_KEY": settings.redaction_key,
    }


def start(name: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a job as the cloud does."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CONTEXTFS_")}
    command = [sys.executable, "-m", "contextfs.runtime.job", name]
    return subprocess.run(command, env=kept | variables, cwd=ROOT, capture_output=True, text=True, check=False)


def test_migrations_run_before_and_after_a_roll_and_can_be_repeated(new_database: Callable[[], str]) -> None:
    url = new_database()
    variables = environment(url)

    first = job.run("migrate-pre", variables)

    assert first.startswith("migrate-pre: 0001_pre_roles.sql")
    assert job.run("migrate-pre", variables) == "migrate-pre: nothing to do"
    assert job.run("migrate-post", variables).startswith("migrate-post: ")
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        row = connection.execute("select current_user").fetchone()
    assert row == ("contextfs_app",)


def test_a_schedule_runs_once_and_ends(database_url: str) -> None:
    ended = start("schedules_expire", environment(database_url))

    assert (0, "schedules_expire: done\n") == (ended.returncode, ended.stdout), ended.stderr


def test_a_job_that_fails_says_so(database_url: str) -> None:
    variables = environment(database_url) | {"CONTEXTFS_RELAY_DATABASE_URL": "host=127.0.0.1 port=9 dbname=none"}

    ended = start("schedules_expire", variables)

    assert 1 == ended.returncode
    assert ended.stdout == ""
    assert "database" in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["", "migrate", "memories_get", "gateway", "triggers_index_memory"])
def test_what_is_no_job_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="There is no job"):
        job.run(name, {})


def test_migrations_without_an_owner_are_refused() -> None:
    with pytest.raises(Invalid, match="CONTEXTFS_MIGRATION_DATABASE_URL is missing"):
        job.run("migrate-pre", {})


def test_an_address_that_is_none_is_refused_without_being_told(database_url: str) -> None:
    variables = environment(database_url) | {"CONTEXTFS_DATABASE_URL": "postgresql://app:hunter2@[bad"}

    with pytest.raises(Invalid, match=r"^Setting CONTEXTFS_DATABASE_URL is not an address of Postgres\.$"):
        job.run("migrate-pre", variables)


def test_lambda_runs_the_job_that_its_variable_names(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(database_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(job.VARIABLE, "migrate-post")

    assert job.handler({}, None) == "migrate-post: nothing to do"
