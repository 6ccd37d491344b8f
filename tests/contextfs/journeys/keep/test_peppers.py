"""One pepper replaces another while the platform runs: nothing that opened stops, and at the end the old one can go.

The servers here are two: one that begins with the old pepper and knows the new one, as after the first roll, and one
that begins with the new one, as after the second. Two organizations have one of everything that a pepper is used for.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from starlette.testclient import TestClient

from contextfs.adapters.database.postgres import PostgresDatabase
from contextfs.adapters.identity.sealing import Seal
from contextfs.domain.audit import checkpoint
from contextfs.domain.sources import sealing
from contextfs.journeys.keep.resealing import Resealed, reseal
from contextfs.kit import pepper
from contextfs.kit.errors import Unavailable
from contextfs.runtime import job
from contextfs.runtime.gateway import gateway
from contextfs.runtime.wiring import Wiring, routes
from tests.conftest import Tenant, founded, settings_for
from tests.contextfs.runtime.test_job import environment
from tests.house.source import ROOT

OLD, NEW = "the-old-pepper-" * 3, "the-new-pepper-" * 3
BOTH = pepper.read(f"{NEW}\n{OLD}")
SECRET = "what a program signs with"
SEALED = {
    "sources": ("sealed", "former"),
    "audit_streams": ("sealed", "former", "authorization_sealed"),
    "sso_settings": ("client_secret", "saml_key"),
    "audit_checkpoints": ("signature",),
}


@dataclass
class Server:
    """A server with a pepper, and an HTTP client of it."""

    wired: Wiring
    http: TestClient

    def status(self, key: str, path: str = "/v1/projects") -> int:
        """Call by a key; give the status."""
        return self.http.get(path, headers={"authorization": f"Bearer {key}"}).status_code


Start = Callable[[str], Server]


@pytest.fixture
def url(new_schema: Callable[[], str]) -> str:
    return new_schema()


@pytest.fixture
def start(url: str) -> Iterator[Start]:
    """Give a function that starts a server with a pepper, or several."""
    running: list[Server] = []

    def run(text: str) -> Server:
        wired = Wiring(msgspec.structs.replace(settings_for(url), key_pepper=text))
        running.append(Server(wired, TestClient(gateway(wired.door, routes()))))
        return running[-1]

    yield run
    for one in running:
        one.wired.close()


@pytest.fixture
def tenants(start: Start, url: str) -> list[Tenant]:
    """Found two organizations under the old pepper, each with everything that it seals and signs."""
    old = start(OLD)
    made = [founded(old.wired, old.http) for _ in range(2)]
    for one in made:
        settle(url, one)
    return made


def settle(url: str, tenant: Tenant, by: str = OLD) -> None:
    """Let an organization have sealed texts and a signed checkpoint."""
    org, key, now = tenant.org_id, by.encode(), datetime.now(UTC)
    add_sources(url, tenant, 1)

    def shut(thing: UUID) -> bytes:
        return sealing.seal(SECRET, key, thing, os.urandom)

    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into contextfs.audit_streams (org_id, url, format, sealed, former, authorization_sealed,"
            " delivered_to, next_at, set_at, created_by, created_at, updated_at)"
            " values (%s, 'https://siem.example', 'ocsf', %s, %s, %s, 0, %s, %s, %s, %s, %s)",
            [org, shut(org), shut(org), shut(org), now, now, tenant.user_id, now, now],
        )
        seal = Seal(key)
        connection.execute(
            "insert into contextfs.sso_settings (org_id, enabled, provider, client_secret, saml_key, attribute_mapping,"
            " auto_provision, default_role, group_roles, enforced, updated_at)"
            " values (%s, false, 'okta', %s, %s, '{}', false, 'member', '{}', false, %s)",
            [org, seal.seal(SECRET), seal.seal(SECRET), now],
        )
        connection.execute(
            "insert into contextfs.audit_checkpoints (org_id, position, hash, signature, cut_at)"
            " values (%s, 3, 'h', %s, %s)",
            [org, checkpoint.sign(org, 3, b"h", key), now],
        )


def add_sources(url: str, tenant: Tenant, count: int) -> None:
    with psycopg.connect(url) as connection:
        for _ in range(count):
            source = uuid4()
            shut = [sealing.seal(SECRET, OLD.encode(), source, os.urandom) for _ in range(2)]
            connection.execute(
                "insert into contextfs.sources (org_id, id, project_id, name, preset, scheme, tool, tags, sealed,"
                " former, former_until, created_by, created_at, updated_at)"
                " values (%s, %s, %s, %s, 'json', 'standard', 't', '{}', %s, %s, now(), %s, now(), now())",
                [tenant.org_id, source, tenant.project_id, str(source), *shut, tenant.user_id],
            )


def opened(url: str, tenant: Tenant, by: str) -> list[str]:
    """Open all that an organization has sealed, with one pepper alone; gives what is shut to it."""
    key, shut = by.encode(), list[str]()
    with psycopg.connect(url) as connection:
        for table, columns in SEALED.items():
            thing = {"sources": "id", "audit_checkpoints": "position"}.get(table, "org_id")
            query = f"select {thing}, {', '.join(columns)} from contextfs.{table} where org_id = %s"  # noqa: S608 - ours
            for whose, *values in connection.execute(query, [tenant.org_id]):  # pyright: ignore[reportArgumentType]
                for column, value in zip(columns, values, strict=True):
                    if not opens(table, whose, value, key, tenant.org_id):
                        shut.append(f"{table}.{column}")
    return shut


def opens(table: str, whose: UUID | int, value: bytes | str, key: bytes, org: UUID) -> bool:
    try:
        if isinstance(value, str):
            return Seal(key).unseal(value) == SECRET
        if isinstance(whose, int):
            signed = checkpoint.Checkpoint(position=whose, hash=b"h", signature=bytes(value))
            return checkpoint.is_signed(org, signed, key)
        return sealing.unseal(bytes(value), key, whose) == SECRET
    except Unavailable:
        return False


def anew(sealed: str) -> tuple[str, bool]:
    text, place = Seal(BOTH).opened(sealed)
    return Seal(BOTH).seal(text), place > 0


def run(url: str, progress: Callable[[int, int], None] = lambda _looked, _renewed: None) -> Resealed:
    database = PostgresDatabase(url, size=1, name="test")
    try:
        return reseal(database, BOTH, anew, os.urandom, progress=progress)
    finally:
        database.close()


def names(url: str, tenant: Tenant) -> list[str | None]:
    with psycopg.connect(url) as connection:
        return [
            one
            for (one,) in connection.execute("select pepper from contextfs.api_keys where org_id = %s", [tenant.org_id])
        ]


def test_a_key_of_the_old_pepper_opens_through_both_rolls_and_then_without_it(
    start: Start, tenants: list[Tenant], url: str
) -> None:
    first, second = tenants
    rolled_once, rolled_twice = start(f"{OLD}\n{NEW}"), start(f"{NEW}\n{OLD}")

    assert [200, 200] == [one.status(first.key) for one in (rolled_once, rolled_twice)]
    assert names(url, first) == [pepper.name_of(NEW.encode())]
    assert [200, 200] == [one.status(first.key) for one in (rolled_once, rolled_twice)], "whichever comes last"
    assert rolled_twice.status(first.key) == 200
    alone = start(NEW)
    assert (alone.status(first.key), alone.status(second.key)) == (200, 401)
    assert names(url, second) == [pepper.name_of(OLD.encode())], "who is not there is not hashed anew"


def test_a_wrong_key_opens_nothing_and_changes_nothing(start: Start, tenants: list[Tenant], url: str) -> None:
    first, second = tenants
    server = start(f"{NEW}\n{OLD}")

    assert server.status(first.key[:-1] + ("a" if first.key[-1] != "a" else "b")) == 401
    assert server.status(first.key.replace("_live_", "_test_")) == 401
    assert names(url, first) == names(url, second) == [pepper.name_of(OLD.encode())]


def test_a_crowd_at_servers_of_both_rolls_is_let_in(start: Start, tenants: list[Tenant]) -> None:
    servers = [start(f"{OLD}\n{NEW}"), start(f"{NEW}\n{OLD}")]

    def call(number: int) -> int:
        return servers[number % 2].status(tenants[number % 3 % 2].key)

    with ThreadPoolExecutor(8) as crowd:
        assert {200} == set(crowd.map(call, range(64)))


def test_all_that_is_sealed_is_sealed_anew_of_every_organization(tenants: list[Tenant], url: str) -> None:
    done = run(url)

    assert (done.looked_at, done.renewed, done.unreadable) == (16, 16, ())
    assert [[], []] == [opened(url, one, NEW) for one in tenants]
    assert len(opened(url, tenants[0], OLD)) == 8
    assert (run(url).looked_at, run(url).renewed) == (16, 0), "and there is nothing to do again"


def test_two_that_run_at_once_and_somebody_who_changes_a_secret_lose_nothing(tenants: list[Tenant], url: str) -> None:
    for one in tenants:
        add_sources(url, one, 40)
    with psycopg.connect(url, autocommit=True) as connection:
        source = connection.execute(
            "select id from contextfs.sources where org_id = %s", [tenants[0].org_id]
        ).fetchone()
        assert source is not None
        theirs = sealing.seal("set anew", NEW.encode(), source[0], os.urandom)

        def change(looked: int, _renewed: int) -> None:
            if looked == 1:
                connection.execute("update contextfs.sources set sealed = %s where id = %s", [theirs, source[0]])

        with ThreadPoolExecutor(2) as crowd:
            both = [one.result() for one in (crowd.submit(run, url, change), crowd.submit(run, url))]
        kept = connection.execute("select sealed from contextfs.sources where id = %s", [source[0]]).fetchone()

    assert kept is not None
    assert sealing.unseal(bytes(kept[0]), NEW.encode(), source[0]) == "set anew"
    assert sum(one.renewed for one in both) <= 16 + 2 * 2 * 40
    assert opened(url, tenants[1], NEW) == []


def test_what_was_cut_off_goes_on(tenants: list[Tenant], url: str) -> None:
    """The job is killed somewhere in the middle: each text can be read then, and the next run does the rest."""
    add_sources(url, tenants[0], 400)
    variables = environment(url) | {"CONTEXTFS_KEY_PEPPER": f"{NEW}\n{OLD}"}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CONTEXTFS_")}
    command = [sys.executable, "-m", "contextfs.runtime.job", "reseal"]
    process = subprocess.Popen(command, env=kept | variables, cwd=ROOT, stdout=subprocess.DEVNULL)
    with psycopg.connect(url, autocommit=True) as connection:
        deadline = time.monotonic() + 60
        while not opened(url, tenants[1], OLD) and time.monotonic() < deadline:
            connection.execute("select pg_sleep(0.01)")
    process.send_signal(signal.SIGKILL)
    process.wait()

    shut = [set(opened(url, tenants[0], by)) for by in (OLD, NEW)]
    told = job.run("reseal", variables)

    assert shut[1], "it was killed before it was done"
    assert "sealed anew" in told
    assert [[], []] == [opened(url, one, NEW) for one in tenants]


def test_the_job_tells_when_the_others_can_go(start: Start, tenants: list[Tenant], url: str) -> None:
    variables = environment(url) | {"CONTEXTFS_KEY_PEPPER": f"{NEW}\n{OLD}"}

    before = job.run("reseal", variables)
    server = start(f"{NEW}\n{OLD}")
    for one in tenants:
        assert server.status(one.key) == 200
    after = job.run("reseal", variables)

    assert "16 looked at, 16 sealed anew" in before
    assert "2 keys and directories' tokens were not used since" in before
    assert "no key needs the others any more" in after
    assert after.endswith("ends by itself within 90 days: take them out then, or now")
    assert job.run("reseal", variables | {"CONTEXTFS_KEY_PEPPER": NEW}).startswith(
        "reseal: 16 looked at, 0 sealed anew"
    )


def test_what_no_pepper_opens_is_named_and_the_rest_is_done(tenants: list[Tenant], url: str) -> None:
    stranger = "a-pepper-that-was-lost-" * 2
    with psycopg.connect(url) as connection:
        connection.execute("delete from contextfs.audit_checkpoints where org_id = %s", [tenants[0].org_id])
        connection.execute(
            "insert into contextfs.audit_checkpoints (org_id, position, hash, signature, cut_at)"
            " values (%s, 3, 'h', %s, now())",
            [tenants[0].org_id, checkpoint.sign(tenants[0].org_id, 3, b"h", stranger.encode())],
        )
    variables = environment(url) | {"CONTEXTFS_KEY_PEPPER": f"{NEW}\n{OLD}"}

    with pytest.raises(
        Unavailable, match=f"none of the peppers opens audit_checkpoints.signature of {tenants[0].org_id}"
    ):
        job.run("reseal", variables)
    assert opened(url, tenants[1], NEW) == []


def test_who_guesses_costs_the_database_one_question(tenants: list[Tenant], url: str) -> None:
    """While there are two peppers, too: a key that opens nothing is not looked for again and again."""
    with psycopg.connect(url) as connection:
        connection.execute("set role contextfs_app")

        def scans() -> int:
            query = "select sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)) from pg_stat_xact_user_tables"
            found = connection.execute(query).fetchone()
            assert found is not None
            return int(found[0] or 0)

        named = [tenants[0].org_id, uuid4(), b"by the new one", [b"by the old one"], "name"]
        before = scans()
        connection.execute("select contextfs.renew_hash(%s, %s, %s, %s, %s)", named)
        assert 0 < scans() - before <= 6, "one look at each kind of credential"
