"""One pepper replaces another while the platform runs: what it sealed is sealed anew, and then it can go.

Two organizations have one of everything that is sealed or signed.
"""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from contextfs.domain.audit import checkpoint
from contextfs.domain.sources import sealing
from contextfs.kit import pepper
from contextfs.kit.errors import Unavailable
from contextfs.runtime import job
from tests.conftest import Tenant, founded
from tests.contextfs.journeys.keep.peppers import NEW, OLD, Start, add_sources, opened, run, start, tenants, url
from tests.contextfs.runtime.test_job import environment
from tests.house.source import ROOT

__all__ = ["start", "tenants", "url"]


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
    """The job is killed in the middle: each text can be read then, and the next run does the rest."""
    add_sources(url, tenants[0], 400)
    variables = environment(url) | {"CONTEXTFS_KEY_PEPPER": f"{NEW}\n{OLD}"}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CONTEXTFS_")}
    command = [sys.executable, "-m", "contextfs.runtime.job", "reseal"]
    with psycopg.connect(url) as held, psycopg.connect(url, autocommit=True) as looking:
        query = "select id from contextfs.sources where org_id = %s order by id desc limit 1 for update"
        held.execute(query, [tenants[0].org_id])  # the last but a few: there it stands until it is killed
        process = subprocess.Popen(command, env=kept | variables, cwd=ROOT, stdout=subprocess.DEVNULL)
        waits = "select 1 from pg_stat_activity where %s = any(pg_blocking_pids(pid))"
        deadline = time.monotonic() + 60
        while not looking.execute(waits, [held.info.backend_pid]).fetchone() and time.monotonic() < deadline:
            time.sleep(0.01)
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


@pytest.mark.parametrize("end", ["", "\n"])
def test_an_installation_with_one_pepper_is_told_of_no_other(end: str, start: Start, url: str) -> None:
    """However it is spelt: a file ends with a line's end."""
    alone = start(f"{OLD}{end}")
    tenant = founded(alone.wired, alone.http)
    with psycopg.connect(url) as connection:
        connection.execute("update contextfs.api_keys set pepper = null")  # as keys are from before names were noted
    variables = environment(url) | {"CONTEXTFS_KEY_PEPPER": f"{OLD}{end}"}

    told = job.run("reseal", variables)

    assert told.endswith(f"sealed anew with the pepper {pepper.name_of(OLD.encode())}")
    assert alone.status(tenant.key) == 200
    assert job.run("reseal", variables) == told


def test_what_was_sealed_by_another_spelling_of_the_pepper_stays(tenants: list[Tenant], url: str) -> None:
    told = job.run("reseal", environment(url) | {"CONTEXTFS_KEY_PEPPER": f"{OLD}\n"})

    assert told.startswith("reseal: 16 looked at, 0 sealed anew")


def test_a_key_of_the_newest_pepper_whose_name_nobody_noted_is_counted_no_more_once_it_was_used(
    start: Start, tenants: list[Tenant], url: str
) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("update contextfs.api_keys set pepper = null")
    setting = f"{OLD}\n{NEW}"
    variables = environment(url) | {"CONTEXTFS_KEY_PEPPER": setting}

    assert "; 2 keys and directories' tokens were not used since" in job.run("reseal", variables)
    server = start(setting)
    assert [200, 200] == [server.status(one.key) for one in tenants]
    assert "no key needs the others any more" in job.run("reseal", variables)


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
