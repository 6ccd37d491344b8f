"""Jobs: migrations before and after a roll, schedules that take long, and what they say when they cannot."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from starlette.testclient import TestClient

from contextfs.adapters.database import graphs, lexicons
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.runtime import job
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import as_role, settings_for
from tests.contextfs.adapters.database.tenancy import settle_tenant
from tests.contextfs.runtime.own_role import own_role
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


@pytest.fixture
def lacked(admin_url: str) -> Iterator[str]:
    """Give the address of a database that the server lacks; it is gone again afterwards."""
    name = f"lacked_{uuid4().hex[:8]}"
    yield make_conninfo(admin_url, dbname=name)
    with psycopg.connect(admin_url, autocommit=True) as owner:
        owner.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def test_a_database_that_the_server_lacks_is_made_where_that_is_said_and_nowhere_else(lacked: str) -> None:
    with pytest.raises(Unavailable, match="does not exist"):
        job.run("migrate-pre", environment(lacked))
    with pytest.raises(Invalid, match=r"CONTEXTFS_CREATE_DATABASE: write true or false\."):
        job.run("migrate-pre", environment(lacked) | {job.CREATE: "yes"})
    with pytest.raises(Unavailable, match="does not exist"):
        job.run("migrate-post", environment(lacked) | {job.CREATE: "true"})


def test_migrations_run_before_and_after_a_roll_and_can_be_repeated(lacked: str) -> None:
    url = lacked
    variables = environment(url) | {job.CREATE: "true"}

    first = job.run("migrate-pre", variables)

    assert first.startswith("migrate-pre: the database, 0001_pre_roles.sql")
    assert job.run("migrate-pre", variables) == "migrate-pre: nothing to do"
    assert job.run("migrate-post", variables).startswith("migrate-post: ")
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        row = connection.execute("select current_user").fetchone()
    assert row == ("contextfs_app",)


def test_a_user_that_an_account_logs_in_as_is_the_apis_role_after_a_migration(
    new_schema: Callable[[], str],
) -> None:
    url = new_schema()
    with own_role(url) as account:
        variables = environment(url) | {job.USERS: account.name}
        password = account.set_password("a-token")
        told = [job.run("migrate-pre", variables) for _ in "ab"]
        with psycopg.connect(account.address(password)) as connection:
            as_whom = connection.execute("select session_user, current_user").fetchone()
            seen = connection.execute("select count(*) from contextfs.organizations").fetchone()
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(sql.SQL("revoke contextfs_app from {}").format(sql.Identifier(account.name)))

    assert told == ["migrate-pre: nothing to do"] * 2
    assert as_whom == (account.name, "contextfs_app")
    assert seen == (0,)  # it claims nothing, and sees nothing


def test_a_user_that_is_not_there_stops_the_roll(database_url: str) -> None:
    with pytest.raises(Unavailable, match=r'role "ctx-search@p\.iam" does not exist'):
        job.run("migrate-pre", environment(database_url) | {job.USERS: "ctx-search@p.iam"})


def test_a_schedule_runs_once_and_ends(database_url: str) -> None:
    ended = start("schedules_expire", environment(database_url))

    assert (0, "schedules_expire: done\n") == (ended.returncode, ended.stdout), ended.stderr


def test_a_job_that_fails_says_so(database_url: str, new_database: Callable[[], str]) -> None:
    empty = as_role(new_database(), "contextfs_relay")
    variables = environment(database_url) | {"CONTEXTFS_RELAY_DATABASE_URL": empty}

    ended = start("schedules_expire", variables)

    assert 1 == ended.returncode
    assert ended.stdout == ""
    assert "The database is not at this version's schema" in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["", "migrate", "memories_get", "gateway", "triggers_index_memory"])
def test_what_is_no_job_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="There is no job"):
        job.run(name, {})


def test_migrations_without_an_owner_are_refused() -> None:
    with pytest.raises(Invalid, match="CONTEXTFS_MIGRATION_DATABASE_URL is missing"):
        job.run("migrate-pre", {})


@pytest.mark.parametrize(
    ("name", "variable"), [("migrate-pre", "CONTEXTFS_DATABASE_URL"), ("migrate-pre", job.OWNER), ("graphs", job.OWNER)]
)
def test_an_address_that_is_none_is_refused_without_being_told(name: str, variable: str, database_url: str) -> None:
    variables = environment(database_url) | {variable: "postgresql://app:hunter2@[bad"}

    with pytest.raises(Invalid, match=rf"^Setting {variable}: this is not an address of Postgres\.$"):
        job.run(name, variables)


def test_lambda_runs_the_job_that_its_variable_names(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(database_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(job.VARIABLE, "migrate-post")

    assert job.handler({}, None) == "migrate-post: nothing to do"


FOUNDING = {job.FOUNDING_SECRET: "a secret of a test's own, which is long enough", job.FOUNDING_EMAIL: "o@example.test"}


def authorized(url: str, key: str) -> int:
    """Call the API with a key; give the status."""
    wired = Wiring(settings_for(url))
    try:
        with TestClient(gateway(wired.door, routes())) as http:
            return http.get("/v1/projects", headers={"authorization": f"Bearer {key}"}).status_code
    finally:
        wired.close()


def test_the_first_organization_is_founded_once_and_its_key_is_told_to_who_holds_the_secret(
    new_schema: Callable[[], str],
) -> None:
    url = new_schema()
    variables = environment(url) | FOUNDING | {"CONTEXTFS_REGION": "us-east1", job.FOUNDING_ORGANIZATION: "Ferry"}

    with ThreadPoolExecutor(4) as crowd:
        told = sorted(crowd.map(job.run, ["found"] * 4, [variables] * 4))
    key = job.run("first-key", {job.FOUNDING_SECRET: variables[job.FOUNDING_SECRET]})
    with psycopg.connect(url) as connection:
        found = connection.execute("select name, region from contextfs.organizations").fetchall()
        owners = connection.execute("select email, role from contextfs.memberships").fetchall()

    assert told == ["found: nothing to do"] * 3 + ["found: the first organization is there now"]
    assert (found, owners) == ([("Ferry", "us-east1")], [("o@example.test", "owner")])
    assert authorized(url, key) == 200
    assert (
        authorized(url, job.run("first-key", {job.FOUNDING_SECRET: "another secret that is long enough, too"})) == 401
    )


@pytest.mark.parametrize("given", [{}, {job.FOUNDING_SECRET: "short"}, {job.FOUNDING_SECRET: "x" * 32}])
def test_founding_says_what_it_lacks(database_url: str, given: dict[str, str]) -> None:
    lacks = job.FOUNDING_EMAIL if len(given.get(job.FOUNDING_SECRET, "")) == 32 else job.FOUNDING_SECRET

    with pytest.raises(Invalid, match=f"^Setting {lacks}"):
        job.run("found", environment(database_url) | given)


def test_a_key_that_was_revoked_does_not_come_back(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    variables = environment(url) | FOUNDING
    job.run("found", variables)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("update contextfs.api_keys set revoked_at = now()")

    assert job.run("found", variables) == "found: nothing to do"
    assert authorized(url, job.run("first-key", variables)) == 401


def test_graphs_are_kept_by_the_owner(new_schema: Callable[[], str]) -> None:
    url = new_schema()

    assert job.run("graphs", {job.OWNER: url}) == "graphs: nothing to do"
    with pytest.raises(Invalid, match="graphs connect as the owner"):
        job.run("graphs", {})


STALE = "create index vectors_graph_00000000000000000000000000000001 on contextfs.vectors (org_id) where false"


@pytest.mark.parametrize(
    ("lock", "told", "left"),
    [
        (lexicons.LOCK, "Somebody else is counting words: leave it to them. Done: dropped ", (0, 3)),
        (graphs.LOCK, "Somebody else is making graphs, or migrates: try later. Done: counted ", (1, 0)),
    ],
    ids=["lexicons", "graphs"],
)
def test_what_keeps_lexicons_from_being_kept_keeps_no_graphs_from_it_and_the_other_way_round(
    new_schema: Callable[[], str], lock: int, told: str, left: tuple[int, int]
) -> None:
    url = new_schema()
    settle_tenant(url)  # three lexicons of parts that are too small for one
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(STALE)
        connection.execute("select pg_advisory_lock(%s)", [lock])
        with pytest.raises(Unavailable, match=told):
            job.run("graphs", {job.OWNER: url})
        counted = connection.execute(
            "select (select count(*) from pg_class where relname ~ '^vectors_graph_'), count(*) from contextfs.lexicons"
        ).fetchone()

    assert left == counted


def test_what_fails_with_graphs_and_lexicons_is_told_of_both() -> None:
    with pytest.raises(Unavailable, match=r"The graphs could not be made: .* The words could not be counted: "):
        job.run("graphs", {job.OWNER: "host=127.0.0.1 port=9 dbname=none"})
