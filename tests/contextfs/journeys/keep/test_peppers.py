"""One pepper replaces another while the platform runs: what was hashed opens, and is hashed anew once.

The servers here are two: one that begins with the old pepper and knows the new one, as after the first roll, and one
that begins with the new one, as after the second.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from contextfs.domain.access import renewal
from contextfs.domain.grants import store as grants
from contextfs.kit import pepper, tokens
from contextfs.runtime import job
from tests.conftest import Tenant, founded
from tests.contextfs.journeys.keep.peppers import (
    NEW,
    OLD,
    Server,
    Start,
    changes,
    names,
    opened,
    run,
    settle,
    start,
    tenants,
    url,
)
from tests.contextfs.runtime.test_job import environment
from tests.functions.auth.browser import Browser
from tests.functions.people import invite
from tests.functions.tokens.test_create import token_of

__all__ = ["start", "tenants", "url"]


def test_programs_with_other_settings_do_not_hash_back_and_forth(start: Start, tenants: list[Tenant], url: str) -> None:
    """Both let in what either hashed, and hash toward one pepper, whichever comes first in their own setting."""
    first, _ = tenants
    rolled_once, rolled_twice = start(f"{OLD}\n{NEW}"), start(f"{NEW}\n{OLD}")
    before = changes(url)
    assert {200} == {one.status(first.key) for one in (rolled_once, rolled_twice) * 2}
    assert changes(url) == before, "before anybody told which is the newest, nothing is hashed anew"
    run(url)

    assert rolled_once.status(first.key) == 200
    assert names(url, first) == [pepper.name_of(NEW.encode())], "hashed anew by who begins with the old one, too"
    hashed = changes(url)
    assert {200} == {one.status(first.key) for one in (rolled_once, rolled_twice) * 3}

    assert changes(url) == hashed


def test_a_program_that_does_not_know_the_newest_pepper_hashes_nothing(
    start: Start, tenants: list[Tenant], url: str
) -> None:
    first, _ = tenants
    run(url)
    before = changes(url)

    assert start(f"another-pepper-{OLD}\n{OLD}").status(first.key) == 200
    assert changes(url) == before


def test_what_the_new_pepper_hashed_opens_where_the_second_roll_has_not_come_to(
    start: Start, tenants: list[Tenant], url: str
) -> None:
    rolled_once, rolled_twice = start(f"{OLD}\n{NEW}"), start(f"{NEW}\n{OLD}")
    made = rolled_twice.http.post(
        "/v1/api-keys",
        json={"name": "made with the new one", "permissions": ["projects:read"]},
        headers={"authorization": f"Bearer {tenants[0].key}"},
    )
    assert made.status_code == 201, made.text

    assert rolled_once.status(made.json()["secret"]) == 200
    assert pepper.name_of(NEW.encode()) in names(url, tenants[0])


def test_one_goes_back_by_telling_that_the_old_pepper_is_the_newest(
    start: Start, tenants: list[Tenant], url: str
) -> None:
    first, _ = tenants
    run(url)
    server = start(f"{NEW}\n{OLD}")
    assert server.status(first.key) == 200
    assert names(url, first) == [pepper.name_of(NEW.encode())]

    told = job.run("reseal", environment(url) | {"CONTEXTFS_KEY_PEPPER": f"{OLD}\n{NEW}"})

    assert f"sealed anew with the pepper {pepper.name_of(OLD.encode())}" in told
    assert server.status(first.key) == 200
    assert names(url, first) == [pepper.name_of(OLD.encode())]
    assert start(OLD).status(first.key) == 200


def test_a_pepper_of_a_file_ends_with_its_line_and_its_keys_open_all_through_the_replacement(
    start: Start, url: str
) -> None:
    alone = start(f"{OLD}\n")
    tenant = founded(alone.wired, alone.http)
    settle(url, tenant, f"{OLD}\n")

    for setting in (f"{OLD}\n{NEW}\n", f"{NEW}\n{OLD}\n"):
        assert start(setting).status(tenant.key) == 200
    run(url)
    assert start(f"{NEW}\n{OLD}\n").status(tenant.key) == 200
    assert opened(url, tenant, NEW) == []
    assert [200, 200] == [start(setting).status(tenant.key) for setting in (NEW, f"{NEW}\n")]


def test_a_key_of_the_old_pepper_opens_through_both_rolls_and_then_without_it(
    start: Start, tenants: list[Tenant], url: str
) -> None:
    first, second = tenants
    rolled_once, rolled_twice = start(f"{OLD}\n{NEW}"), start(f"{NEW}\n{OLD}")

    assert [200, 200] == [one.status(first.key) for one in (rolled_once, rolled_twice)]
    run(url)
    assert [200, 200] == [one.status(first.key) for one in (rolled_once, rolled_twice)]
    assert names(url, first) == [pepper.name_of(NEW.encode())]
    alone = start(NEW)
    assert (alone.status(first.key), alone.status(second.key)) == (200, 401)
    assert names(url, second) == [pepper.name_of(OLD.encode())], "who is not there is not hashed anew"


def test_a_wrong_key_opens_nothing_and_changes_nothing(start: Start, tenants: list[Tenant], url: str) -> None:
    first, second = tenants
    server = start(f"{NEW}\n{OLD}")

    assert server.status(first.key[:-1] + ("a" if first.key[-1] != "a" else "b")) == 401
    assert server.status(first.key.replace("_live_", "_test_")) == 401
    assert names(url, first) == names(url, second) == [pepper.name_of(OLD.encode())]


def test_a_crowd_at_servers_of_both_rolls_is_let_in(start: Start, tenants: list[Tenant], url: str) -> None:
    """While one after another is hashed anew, and while it is told which pepper is the newest."""
    servers = [start(f"{OLD}\n{NEW}"), start(f"{NEW}\n{OLD}")]

    def call(number: int) -> int:
        if number % 16 == 8:
            run(url)
        return servers[number % 2].status(tenants[number % 3 % 2].key)

    with ThreadPoolExecutor(8) as crowd:
        assert {200} == set(crowd.map(call, range(64)))
    assert {pepper.name_of(NEW.encode())} == {one for tenant in tenants for one in names(url, tenant)}


def test_who_guesses_costs_the_database_one_question(tenants: list[Tenant], url: str) -> None:
    """While there are two peppers, too: a key that opens nothing is not looked for again and again."""
    run(url)
    with psycopg.connect(url) as connection:
        connection.execute("set role contextfs_app")

        def scans() -> int:
            query = "select sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)) from pg_stat_xact_user_tables"
            found = connection.execute(query).fetchone()
            assert found is not None
            return int(found[0] or 0)

        known = [pepper.name_of(one.encode()) for one in (NEW, OLD)]
        named = [tenants[0].org_id, uuid4(), known, [b"by the new one", b"by the old one"]]
        before = scans()
        connection.execute("select contextfs.hash_anew(%s, %s, %s, %s)", named)
        assert 0 < scans() - before <= 7, "which pepper is the newest, and one look at each kind of credential"


def with_a_token(server: Server, tenant: Tenant, _url: str) -> Callable[[Server], int]:
    token = token_of(replace(tenant, http=server.http)).key
    return lambda there: there.status(token, "/v1/memories")


def with_a_directory(server: Server, tenant: Tenant, _url: str) -> Callable[[Server], int]:
    made = replace(tenant, http=server.http).call("POST", "/v1/admin/scim/tokens", {"name": "directory"}).json()
    return lambda there: there.status(made["secret"], "/scim/v2/Users")


def with_a_login(server: Server, tenant: Tenant, _url: str) -> Callable[[Server], int]:
    browser = Browser(server.wired)
    assert browser.sign_in(tenant.key).status_code == 201
    cookie = {"cookie": f"ctx_login={browser.cookie}"}
    return lambda there: there.http.get("/v1/auth/me", headers=cookie).status_code


def with_a_grant(server: Server, tenant: Tenant, url: str) -> Callable[[Server], int]:
    """Ask as `/mcp` does, by the statements alone: what lets a program in first is not of this."""
    thing, now = uuid4(), datetime.now(UTC)
    text = tokens.mint("ctxg", tenant.org_id, thing, server.wired.services.entropy)
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into contextfs.grants (org_id, id, user_id, client_id, client_name, redirect_uri, challenge,"
            " permissions, audience, code_hash, code_expires_at, access_hash, access_expires_at, created_at,"
            " expires_at)"
            " values (%s, %s, %s, 'c', 'c', 'https://c.example', 'c', '{}', 'a', '', %s, %s, %s, %s, %s)",
            [
                *(tenant.org_id, thing, tenant.user_id, now, tokens.digest(text, server.wired.services.key_pepper)),
                *(now + timedelta(hours=1), now, now + timedelta(hours=1)),
            ],
        )

    def ask(there: Server) -> int:
        named = tokens.parse(text, there.wired.services.key_pepper, "ctxg")
        assert named is not None
        query, known = grants.entering(named.org_id, named.id, named.hash, now)
        coming = query, {**known, "kind": "keys", "address": None}
        with there.wired.database.transaction(*renewal.renewing(known), coming) as (_, (*_, found)):
            return 401 if found is None else 200

    return ask


@pytest.mark.parametrize("with_one", [with_a_token, with_a_directory, with_a_login, with_a_grant])
def test_whatever_is_presented_opens_at_both_and_is_hashed_anew_once(
    with_one: Callable[[Server, Tenant, str], Callable[[Server], int]], start: Start, tenants: list[Tenant], url: str
) -> None:
    old, rolled_once, rolled_twice = start(OLD), start(f"{OLD}\n{NEW}"), start(f"{NEW}\n{OLD}")
    status = with_one(old, tenants[0], url)
    before = changes(url)

    assert [200, 200, 200] == [status(one) for one in (old, rolled_once, rolled_twice)]
    assert changes(url) == before
    run(url)
    assert [200, 200] == [status(one) for one in (rolled_once, rolled_twice)]
    hashed = changes(url)
    assert len(set(hashed) - set(before)) == 1, "this one alone"
    assert [200, 200, 200] == [status(one) for one in (rolled_twice, rolled_once, start(NEW))]
    assert changes(url) == hashed


def test_an_invitation_of_the_old_pepper_is_taken_at_a_server_of_the_new_one(
    start: Start, tenants: list[Tenant], url: str
) -> None:
    token = invite(replace(tenants[0], http=start(OLD).http), "ann@example.test").json()["token"]
    run(url)

    there = replace(tenants[0], http=start(f"{NEW}\n{OLD}").http, key=token)

    assert [there.call("POST", "/v1/invitations/accept", {}).status_code for _ in range(2)] == [201, 401]


def test_a_hash_of_another_organization_lets_nobody_in(start: Start, tenants: list[Tenant], url: str) -> None:
    """Each brings its own id and hashes: those of one open nothing of another, by any pepper."""
    first, second = tenants
    run(url)
    with psycopg.connect(url) as connection:
        stolen = connection.execute("select hash from contextfs.api_keys where org_id = %s", [first.org_id]).fetchone()
        assert stolen is not None
        connection.execute("set role contextfs_app")
        found = connection.execute(
            "select * from contextfs.admit_key(%s, (select id from contextfs.api_keys limit 1), %s, now())",
            [second.org_id, [bytes(stolen[0])]],
        ).fetchone()
        claims = connection.execute("select current_setting('app.org_id', true)").fetchone()

    assert (found, claims) == (None, ("",))
