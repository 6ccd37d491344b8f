"""POST /v1/sql."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import errors

from contextfs.domain.sql.views import VIEWS
from contextfs.runtime.wiring import Wiring
from tests.conftest import Tenant
from tests.functions.asking import Things, told
from tests.functions.conftest import Rows

ALL_OF = {view: f"select * from {view}" for view in VIEWS}  # noqa: S608 - our own names
COUNT_OF = {view: f"select count(*) from {view}" for view in VIEWS}  # noqa: S608 - as above


def ask(tenant: Tenant, query: str, **more: Any) -> Any:
    """Ask in SQL; give the reply."""
    return tenant.call("POST", "/v1/sql", {"query": query, **more})


def values(tenant: Tenant, query: str, **more: Any) -> list[Any]:
    """Ask for one column; give its values."""
    reply = ask(tenant, query, **more)
    assert reply.status_code == 200, reply.text
    return [row[0] for row in reply.json()["rows"]]


def remember(tenant: Tenant, content: str, **more: Any) -> str:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    return tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]


def test_it_answers_with_columns_and_rows(tenant: Tenant) -> None:
    for number in range(3):
        remember(tenant, f"Port {number}.", metadata={"key": "port", "value": str(number)}, tags=["net"])

    reply = ask(tenant, "select value::int as port, tags from memory_fact where key = 'port' order by 1").json()

    assert reply == {
        "columns": [{"name": "port", "type": "int4"}, {"name": "tags", "type": "text[]"}],
        "rows": [[0, ["net"]], [1, ["net"]], [2, ["net"]]],
        "row_count": 3,
        "truncated": False,
    }


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_there_now_and_then(tenant: Tenant, things: Things, view: str) -> None:
    assert ask(tenant, ALL_OF[view]).status_code == 200
    assert ask(tenant, ALL_OF[view], as_of="2100-01-01T00:00:00Z").status_code == 200
    assert values(tenant, COUNT_OF[view], as_of="2000-01-01T00:00:00Z") == [0]


def test_views_say_now_what_they_say_of_this_moment(tenant: Tenant, things: Things) -> None:
    query = "select id, project_id, type, title, content, tags, visibility, pinned, author_id from memories"

    assert ask(tenant, query, as_of="2100-01-01T00:00:00Z").json() == ask(tenant, query).json()
    names = [one["name"] for one in ask(tenant, "select * from sessions").json()["columns"]]
    assert names == [
        one["name"] for one in ask(tenant, "select * from sessions", as_of="2100-01-01T00:00:00Z").json()["columns"]
    ]


def test_things_are_read_as_they_were(tenant: Tenant) -> None:
    project = str(tenant.project_id)
    session = tenant.call("POST", "/v1/sessions", {"project_id": project, "tool": "t", "title": "First"}).json()
    memory = remember(tenant, "The port is 1.")
    [before] = values(tenant, "select now()")
    tenant.call("PATCH", f"/v1/sessions/{session['session']['id']}", {"title": "Second"})
    tenant.call("PATCH", f"/v1/memories/{memory}", {"content": "The port is 2."})
    [between] = values(tenant, "select now()")
    tenant.call("DELETE", f"/v1/sessions/{session['session']['id']}")
    tenant.call("DELETE", f"/v1/memories/{memory}")

    for moment, titles, contents in (
        (before, ["First"], ["The port is 1."]),
        (between, ["Second"], ["The port is 2."]),
        (None, [], []),
    ):
        assert values(tenant, "select title from sessions", as_of=moment) == titles
        assert values(tenant, "select content from memories", as_of=moment) == contents


@pytest.mark.parametrize("as_of", [None, "2100-01-01T00:00:00Z"])
def test_a_name_of_with_goes_before_a_view_where_it_is_known(tenant: Tenant, as_of: str | None) -> None:
    remember(tenant, "One.", pinned=True)
    remember(tenant, "Other.")
    query = """
    with memories as (select content from memories where pinned), n as (select count(*) as n from memories)
    select content || n.n || (select count(*) from (with sessions as (select 1) select * from sessions) x, sessions)
    from memories, n
    """

    assert values(tenant, query, as_of=as_of) == ["One.10"]


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("select n from generate_series(1, 3) n", [1, 2, 3]),
        ("select n.n from generate_series(1, 3) n", [1, 2, 3]),
        ("select generate_series from generate_series(1, 3)", [1, 2, 3]),
        ("select t.t from lateral unnest(array['a']) as t", ["a"]),
        ("select e.value from jsonb_array_elements_text('[1]') as e", ["1"]),
        ("select e #>> '{}' from jsonb_array_elements('[1]') as e", ["1"]),
        ("select value from jsonb_each_text('{\"a\": 1}')", ["1"]),
        ("select ordinality from unnest(array['a']) with ordinality", [1]),
        ("select k.k from jsonb_object_keys('{\"a\": 1}') k", ["a"]),
        ("select w.w from regexp_split_to_table('a b', ' ') as w", ["a", "b"]),
        (
            "select t.a + t.b from lateral unnest(array[1], array[2]) with ordinality as t(a, b)",
            [3],
        ),
    ],
)
def test_rows_of_functions_have_the_columns_that_postgres_gives_them(
    tenant: Tenant, query: str, given: list[Any]
) -> None:
    assert values(tenant, query) == given


def test_more_rows_than_wanted_are_told(tenant: Tenant) -> None:
    reply = ask(tenant, "select * from generate_series(1, 50) as n", max_rows=10).json()

    assert (reply["row_count"], reply["truncated"]) == (10, True)
    assert not ask(tenant, "select * from generate_series(1, 10) as n", max_rows=10).json()["truncated"]


def test_more_bytes_than_an_answer_holds_are_told(tenant: Tenant) -> None:
    remember(tenant, "x" * 100_000)

    reply = ask(tenant, "select m.content from memories m, generate_series(1, 100) as n").json()

    assert reply["truncated"]
    assert 30 < reply["row_count"] < 41


def test_what_takes_too_long_is_ended(tenant: Tenant) -> None:
    slow = "with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r"

    reply = ask(tenant, slow)

    assert (reply.status_code, told(reply)["where"]) == (422, "$.query")
    assert told(reply)["detail"] == "This took longer than 5 seconds: filter more, or ask for less."


def test_what_would_take_too_long_is_not_begun(tenant: Tenant) -> None:
    wide = """
    select count(*)
    from generate_series(1, 100000) as a, generate_series(1, 100000) as b, generate_series(1, 100000) as c
    """

    assert told(ask(tenant, wide))["detail"].startswith("This would take too long")


_NO_COLUMN = (
    "The rows of a function that version names have no column version: declare it, `as version(version)`,"
    " or give what has it a name of its own."
)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("select nothing from memories", 'The database says: column "nothing" does not exist.'),
        ("select 1 / 0", "The database says: division by zero."),
        ("select 'x'::int", 'The database says: invalid input syntax for type integer: "x".'),
        ("select * from api_keys", f"There is no view api_keys: there are {', '.join(VIEWS)}."),
        ("delete from memories", "Write one SELECT: nothing is changed here."),
        ("select pg_sleep(1)", "The function pg_sleep is not to be had here."),
        (
            "with pg_stat_activity as (select * from pg_stat_activity) select query from pg_stat_activity",
            "Postgres keeps names that begin with pg_: call pg_stat_activity something else.",
        ),
        (
            "select version.version from jsonb_array_elements_text('[1]') as version",
            _NO_COLUMN,
        ),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tenant: Tenant, query: str, detail: str) -> None:
    reply = ask(tenant, query)

    assert (reply.status_code, told(reply)["detail"]) == (422, detail)


def test_the_log_holds_its_hash_and_never_its_words(tenant: Tenant, rows: Rows) -> None:
    query = "select count(*) from memories where content = 'secret words'"
    ask(tenant, query)
    [audit] = rows.audited(tenant, "sql.queried")

    assert audit["details"] == {"query_sha256": hashlib.sha256(query.encode()).hexdigest(), "rows": 1}
    assert rows.used(tenant, "sql.queries") == [1]


def test_others_are_not_seen_by_any_view(
    tenant: Tenant, other_tenant: Tenant, things: Things, second_project: Callable[[Tenant], Tenant]
) -> None:
    elsewhere = second_project(tenant)
    own = {view: values(tenant, COUNT_OF[view]) for view in ("sessions", "memories", "revisions")}
    assert set(map(str, own.values())) == {"[1]"}

    for view in set(VIEWS) - {"projects"}:
        for moment in (None, "2100-01-01T00:00:00Z"):
            assert values(other_tenant, COUNT_OF[view], as_of=moment) == [0]
            assert values(elsewhere, COUNT_OF[view], as_of=moment) == [0]
    assert things.project_id not in values(other_tenant, "select id from projects")
    assert values(elsewhere, "select name from projects") == ["second"]


def test_what_is_private_to_another_is_not_seen(tenant: Tenant, rows: Rows) -> None:
    mine = remember(tenant, "Mine alone.", visibility="private")
    theirs = remember(tenant, "Theirs alone.", visibility="private")
    rows.connection.execute("update contextfs.memories set author_id = gen_random_uuid() where id = %s", [theirs])

    assert values(tenant, "select id from memories") == [mine]
    assert values(tenant, "select memory_id from revisions") == [mine]
    assert values(tenant, "select id from memories", as_of="2100-01-01T00:00:00Z") == [mine]


def test_who_may_not_read_may_not_ask(tenant: Tenant) -> None:
    body = {"name": "half", "permissions": ["sql:read", "memories:read", "projects:read"]}
    half = replace(tenant, key=tenant.call("POST", "/v1/api-keys", body).json()["secret"])

    assert "sessions:read" in told(ask(half, "select 1"))["detail"]


def test_many_ask_at_once_and_each_gets_its_own_or_is_told(tenant: Tenant, other_tenant: Tenant) -> None:
    remember(tenant, "Ours.")
    remember(other_tenant, "Theirs.")

    def one(number: int) -> Any:
        return ask((tenant, other_tenant)[number % 2], "select content from memories")

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(one, range(40)))

    assert {reply.status_code for reply in replies} <= {200, 429, 503}
    for number, reply in enumerate(replies):
        if reply.status_code == 200:
            assert reply.json()["rows"] == [[("Ours.", "Theirs.")[number % 2]]]


def test_queries_of_one_organization_keep_no_other_ones_out(
    tenant: Tenant, other_tenant: Tenant, wiring: Wiring
) -> None:
    places = wiring.services.waiting.querying
    with places.taken(tenant.org_id), places.taken(tenant.org_id):
        ours, theirs = ask(tenant, "select 1"), ask(other_tenant, "select 1")

    assert (ours.status_code, theirs.status_code) == (429, 200)
    assert ours.headers["retry-after"] == "5"
    assert ask(tenant, "select 1").status_code == 200


def test_who_stands_in_line_holds_no_connection(
    tenant: Tenant, other_tenant: Tenant, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or who asks too much in SQL would take the connections that all other calls need."""
    places, held = wiring.services.waiting.querying, list[int]()
    pool = wiring.database._pool  # pyright: ignore[reportPrivateUsage] - it is counted

    def wait(*_: object) -> bool:
        told = pool.get_stats()
        held.append(told["pool_size"] - told["pool_available"])
        return False

    line = places._changed  # pyright: ignore[reportPrivateUsage] - the place to count at
    monkeypatch.setattr(line, "wait_for", wait)
    with places.taken(tenant.org_id), places.taken(tenant.org_id), places.taken("x"), places.taken("y"):
        replies = [ask(one, "select 1") for one in (tenant, other_tenant)]

    assert [reply.status_code for reply in replies] == [429, 429]
    assert not any(held)


@pytest.fixture
def attacker(wiring: Wiring) -> Any:
    """Connect as the role that runs what people wrote: as if no guard stood before it."""
    url = wiring.settings.sql_database_url
    assert url is not None
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def test_without_signed_claims_the_role_sees_nothing(attacker: Any, tenant: Tenant, things: Things) -> None:
    for view in VIEWS:
        assert attacker.execute(COUNT_OF[view].replace("from ", "from contextfs_now.")).fetchone() == (0,)
    attacker.execute("select set_config('app.org_id', %s, false)", [str(tenant.org_id)])
    attacker.execute("select set_config('app.all_projects', 'on', false)")
    assert attacker.execute("select count(*) from contextfs.memories").fetchone() == (0,)


def signed(wiring: Wiring, tenant: Tenant, backend: int, seconds: int = 60) -> str:
    """Let the database sign a tenant's claims, as the API does."""
    with wiring.database.transaction() as (tx, _):
        claims = {"org": tenant.org_id, "reader": tenant.user_id}
        tx.one("select contextfs.assume(%(org)s, %(reader)s, null)", claims)
        row = tx.one("select contextfs.sign_claims(%(b)s, %(s)s) as t", {"b": backend, "s": seconds})
    assert row is not None
    return row["t"]


def test_claims_open_the_one_connection_that_they_were_signed_for(
    attacker: Any, wiring: Wiring, tenant: Tenant, things: Things
) -> None:
    def seen(token: str) -> Any:
        attacker.execute("select set_config('app.signed_claims', %s, false)", [token])
        return attacker.execute("select count(*) from contextfs.memories").fetchone()[0]

    assert seen(signed(wiring, tenant, attacker.info.backend_pid)) == 1
    for forged in (
        signed(wiring, tenant, attacker.info.backend_pid + 1),
        signed(wiring, tenant, attacker.info.backend_pid, seconds=-1),
        "0" * 64 + signed(wiring, tenant, attacker.info.backend_pid)[64:],
        signed(wiring, tenant, attacker.info.backend_pid).replace('"on"', '"off"'),
        signed(wiring, tenant, attacker.info.backend_pid)[:64] + "{}",
        "garbage",
    ):
        with pytest.raises((errors.InsufficientPrivilege, errors.InvalidTextRepresentation)):
            seen(forged)


@pytest.mark.parametrize(
    "attack",
    [
        "select * from contextfs_secret.signing_key",
        "select contextfs_secret.mac('x')",
        "select contextfs.sign_claims(pg_backend_pid(), 60)",
        "select contextfs.assume(gen_random_uuid(), gen_random_uuid(), null)",
        "select * from contextfs.api_keys",
        "select * from contextfs.audit_log",
        "select * from contextfs.passages",
        "insert into contextfs.memories (org_id) values (gen_random_uuid())",
        "update contextfs.memories set content = 'x'",
        "delete from contextfs.sessions",
        "create table contextfs.t (a int)",
        "create temp table t (a int)",
        "create schema s",
        "set role contextfs_app",
        "set session authorization contextfs_app",
        "select set_config('role', 'contextfs_claims', false)",
        "alter role contextfs_sql superuser",
        "alter table contextfs.memories disable row level security",
        "select pg_read_file('/etc/passwd')",
        "select pg_ls_dir('/')",
        "copy (select 1) to program 'true'",
        "select lo_import('/etc/passwd')",
        "create extension dblink",
    ],
)
def test_past_the_guard_the_database_itself_says_no(attacker: Any, attack: str) -> None:
    with pytest.raises(psycopg.Error):
        attacker.execute(attack)


def test_row_security_cannot_be_switched_off(attacker: Any, tenant: Tenant, things: Things) -> None:
    attacker.execute("set row_security = off")

    with pytest.raises(errors.InsufficientPrivilege):
        attacker.execute("select * from contextfs.memories")
