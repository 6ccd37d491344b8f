"""What was stored and is not searchable yet: each search, and a context pack, say so."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from contextfs.domain.events import store as events
from contextfs.journeys.find.waiting import IDLE, INDEXERS, MOST
from contextfs.journeys.react.relay import relay_once
from contextfs.runtime.door.projecting import SEARCHABLE
from contextfs.runtime.wiring import Wiring
from functions.manifest import TRIGGERS
from tests.conftest import Tenant, as_role
from tests.functions.conftest import Rows

Settle = Callable[[], int]
MEMORY = "indexing: 1 memory is not yet searchable as it is now; it is being indexed in the background"
SESSION = "indexing: 1 session is not yet searchable as it is now; it is being indexed in the background"


def told(tenant: Tenant, way: str = "/hybrid", **more: Any) -> list[str]:
    """Tell what a search says of what waits."""
    reply = tenant.call("POST", f"/v1/search{way}", {"query": "unicorns", **more}).json()
    return [one for one in reply["degraded"] if one.startswith("indexing")]


def remember(tenant: Tenant, content: str, how: str = "", **more: Any) -> dict[str, Any]:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    return tenant.call("POST", f"/v1/memories{how}", body).json()["memory"]


def say(tenant: Tenant, content: str, **more: Any) -> dict[str, Any]:
    said = [{"role": "user", "content": content}]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": said, **more}
    return tenant.call("POST", "/v1/sessions", body).json()["session"]


@pytest.fixture
def relay(wiring: Wiring) -> Iterator[Callable[[], int]]:
    """Give a function that brings events to their consumers, who do not take them."""
    platform = wiring.platform()
    bus = wiring.bus(platform)
    yield lambda: relay_once(platform, bus, wiring.clock)
    platform.close()


def test_what_makes_searchable_is_what_is_asked_for() -> None:
    makes = {trigger.name: trigger.on for trigger in TRIGGERS if trigger.makes == SEARCHABLE}

    assert makes == {name: (f"{noun}.*",) for noun, name in INDEXERS.items()}


@pytest.mark.parametrize("way", ["/hybrid", "", "/graph"])
def test_it_is_told_until_all_is_indexed(
    way: str, tenant: Tenant, settle_events: Settle, relay: Callable[[], int]
) -> None:
    remember(tenant, "Unicorns graze here.")
    say(tenant, "Where do unicorns sleep?")
    say(tenant, "Do unicorns swim?")
    stored = told(tenant, way)
    while relay():
        pass
    on_their_way = told(tenant, way)
    settle_events()

    things = "2 sessions and 1 memory"
    line = f"indexing: {things} are not yet searchable as they are now; they are being indexed in the background"
    assert ([line], [line], []) == (stored, on_their_way, told(tenant, way))


def test_a_context_pack_tells_it_and_keeps_that(tenant: Tenant, settle_events: Settle) -> None:
    remember(tenant, "Unicorns graze here.")
    say(tenant, "Where do unicorns sleep?")
    wanted = {"project_id": str(tenant.project_id), "task": "unicorns", "messages": False}
    pack = tenant.call("POST", "/v1/context", wanted).json()
    settle_events()
    whole = tenant.call("POST", "/v1/context", wanted).json()

    assert MEMORY in pack["degraded"]
    assert pack["degraded"] == tenant.call("GET", f"/v1/context/{pack['id']}").json()["degraded"]
    assert [one for one in whole["degraded"] if one.startswith("indexing")] == []


def test_what_changed_is_told_and_what_was_deleted_is_not(tenant: Tenant, settle_events: Settle) -> None:
    memory, session = remember(tenant, "Unicorns graze here."), say(tenant, "Where do unicorns sleep?")
    settle_events()
    tenant.call("POST", f"/v1/sessions/{session['id']}/messages", {"messages": [{"role": "user", "content": "Here?"}]})
    changed = told(tenant)
    settle_events()
    tenant.call("DELETE", f"/v1/memories/{memory['id']}")
    tenant.call("DELETE", f"/v1/sessions/{session['id']}")

    assert ([SESSION], []) == (changed, told(tenant))


def test_what_was_made_searchable_at_once_does_not_wait(tenant: Tenant, rows: Rows) -> None:
    remember(tenant, "Unicorns graze here.", "?wait=searchable")

    assert ["memory.created", []] == [rows.events(tenant)[0], told(tenant)]


def test_what_is_not_searched_is_not_counted(tenant: Tenant, second_project: Callable[[Tenant], Tenant]) -> None:
    remember(tenant, "Unicorns graze here.")
    say(tenant, "Where do unicorns sleep?")
    elsewhere = second_project(tenant)
    say(elsewhere, "Not here.")

    assert [MEMORY] == told(tenant, sources=["memory"])
    assert [SESSION] == told(tenant, sources=["message"], project_ids=[str(tenant.project_id)])
    assert [SESSION] == told(elsewhere)
    assert [] == told(tenant, project_ids=[])
    assert [] == told(tenant, sources=["memory"], as_of="2020-01-01T00:00:00Z")


def test_nobody_counts_what_they_may_not_see(
    tenant: Tenant, other_tenant: Tenant, colleague: Callable[[Tenant], Tenant], settle_events: Settle
) -> None:
    member = colleague(tenant)
    settle_events()
    remember(tenant, "Unicorns sleep here.", visibility="private")
    say(tenant, "Where do unicorns sleep?", visibility="private")
    remember(other_tenant, "Unicorns graze there.")

    assert [MEMORY] == told(tenant, sources=["memory"])
    assert [SESSION] == told(tenant, sources=["message"])
    assert [MEMORY] == told(other_tenant)
    assert [] == told(member)


def test_the_platform_counts_the_things_that_wait_and_no_event_twice(
    tenant: Tenant, other_tenant: Tenant, wiring: Wiring, relay: Callable[[], int]
) -> None:
    platform = wiring.platform()
    try:
        with platform.transaction() as (tx, _):
            before = events.untaken(tx, INDEXERS, idle=IDLE)
        memory = remember(tenant, "Unicorns graze here.")
        while relay():
            pass
        tenant.call("PATCH", f"/v1/memories/{memory['id']}", {"content": "Unicorns graze there."})
        said = say(other_tenant, "Where do unicorns sleep?")
        other_tenant.call("POST", f"/v1/sessions/{said['id']}/complete")
        with platform.transaction() as (tx, _):
            assert before + 2 == events.untaken(tx, INDEXERS, idle=IDLE)
    finally:
        platform.close()


@pytest.fixture
def much(rows: Rows) -> Callable[[Tenant, int], None]:
    """Give a function that lets so many events of things that are gone wait, in the outbox and on their way."""

    def wait(tenant: Tenant, number: int) -> None:
        named = {"org": tenant.org_id, "project": tenant.project_id, "user": tenant.user_id, "number": number}
        rows.connection.execute(
            "insert into contextfs.outbox (org_id, id, project_id, type, subject, time, actor, reader, data)"
            " select %(org)s, gen_random_uuid(), %(project)s, 'memory.updated', gen_random_uuid(), now(), 'test',"
            " %(user)s, '{}' from generate_series(1, %(number)s)",
            named,
        )
        rows.connection.execute(
            "insert into contextfs.deliveries (org_id, consumer, event_id, event, run_at)"
            " select %(org)s, consumer, gen_random_uuid(), jsonb_build_object('subject', gen_random_uuid(),"
            " 'project_id', %(project)s::uuid, 'type', 'memory.updated'), now()"
            " from unnest(%(consumers)s::text []) as consumer, generate_series(1, %(number)s)",
            named | {"consumers": [*INDEXERS.values()]},
        )

    return wait


def read(database_url: str, tenant: Tenant, projects: list[UUID] | None) -> tuple[list[str], dict[str, int]]:
    """Give the things that newest events tell of, and how many rows of each table were read for it."""
    claims = {
        "org_id": str(tenant.org_id),
        "user_id": str(tenant.user_id),
        "all_projects": "on" if projects is None else "off",
        "project_ids": f"{{{','.join(map(str, projects or []))}}}",
    }
    with psycopg.connect(as_role(database_url, "contextfs_app")) as connection:
        for name, value in claims.items():
            connection.execute("select set_config(%s, %s, true)", [f"app.{name}", value])
        told = connection.execute(
            "select subject from contextfs.newest_events(%s, %s, %s, %s)",
            [[*INDEXERS.values()], [*INDEXERS], [*IDLE], MOST],
        ).fetchall()
        counted = connection.execute(
            "select relname, coalesce(idx_tup_fetch, 0) + seq_tup_read from pg_stat_xact_user_tables"
            " where schemaname = 'contextfs' and relname in ('outbox', 'deliveries')"
        ).fetchall()
        return [subject for (subject,) in told], dict(counted)


def test_however_many_events_wait_so_many_are_read_and_no_more(
    tenant: Tenant,
    other_tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    much: Callable[[Tenant, int], None],
    database_url: str,
) -> None:
    elsewhere = second_project(tenant).project_id
    for one in (tenant, other_tenant):
        much(one, 5 * MOST)
    (own, of_all), (others, of_one) = (read(database_url, tenant, projects) for projects in (None, [elsewhere]))

    most = {"outbox": MOST, "deliveries": MOST * len(INDEXERS)}
    assert (most, most) == (of_all, of_one)
    assert (MOST * (1 + len(INDEXERS)), 0) == (len(own), len(others))


def test_events_are_read_for_a_tenant_alone(database_url: str) -> None:
    with (
        psycopg.connect(as_role(database_url, "contextfs_app")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="needs the claims of a tenant"),
    ):
        connection.execute("select * from contextfs.newest_events('{}', '{}', '{}', 1)")


def test_of_much_that_waits_what_was_stored_last_is_told(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contextfs.journeys.find.waiting.MOST", 1)
    say(tenant, "Where do unicorns sleep?")
    remember(tenant, "Unicorns graze here.")

    assert [] == told(tenant, sources=["message"])
    assert 1 == len(told(tenant, sources=["memory"]))


def test_of_more_than_is_looked_at_it_tells_the_least(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contextfs.journeys.find.waiting.MOST", 2)
    for number in range(3):
        remember(tenant, f"Unicorn {number} grazes here.")
    line = (
        "indexing: at least 2 memories are not yet searchable as they are now; they are being indexed in the background"
    )

    assert [line] == told(tenant)


def test_where_nothing_waits_that_one_may_see_nothing_is_told(
    tenant: Tenant,
    second_project: Callable[[Tenant], Tenant],
    settle_events: Settle,
    much: Callable[[Tenant, int], None],
) -> None:
    elsewhere = second_project(tenant)
    settle_events()
    much(tenant, MOST)

    assert ([], []) == (told(tenant), told(elsewhere))


def test_a_session_that_was_completed_is_searchable_already(tenant: Tenant, rows: Rows, settle_events: Settle) -> None:
    session = say(tenant, "Where do unicorns sleep?")
    settle_events()
    tenant.call("POST", f"/v1/sessions/{session['id']}/complete")

    assert (["session.completed"], []) == (rows.events(tenant), told(tenant))


@pytest.mark.parametrize(
    ("filters", "lines"),
    [
        ({"as_of": "2020-01-01T00:00:00Z"}, []),
        ({"until": "2020-01-01T00:00:00Z"}, []),
        ({"since": "2999-01-01T00:00:00Z"}, []),
        ({"types": ["memory_decision"]}, []),
        ({"tools": ["other"]}, []),
        ({"branch": "other"}, []),
        ({"tags": ["other"]}, []),
        ({"author": str(UUID(int=1))}, []),
        ({"visibility": ["private"]}, []),
        ({"types": ["message"]}, [SESSION]),
        ({"types": ["memory_fact"]}, [MEMORY]),
        ({"tools": ["test"]}, [SESSION]),
        ({"since": "2024-01-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"}, [SESSION]),
        ({"since": "2025-01-01T00:00:00Z"}, [MEMORY]),
        ({"tags": ["herd"]}, [MEMORY]),
    ],
    ids=str,
)
def test_what_the_filters_rule_out_is_not_told(filters: dict[str, Any], lines: list[str], tenant: Tenant) -> None:
    remember(tenant, "Unicorns graze here.", type="fact", tags=["herd"])
    said = [{"role": "user", "content": "Where do unicorns sleep?", "created_at": "2024-05-01T00:00:00Z"}]
    body = {"project_id": str(tenant.project_id), "tool": "test", "messages": said}
    tenant.call("POST", "/v1/sessions", body)

    assert lines == told(tenant, **filters)


def test_an_event_that_cannot_be_read_costs_no_search(tenant: Tenant, rows: Rows) -> None:
    for event in ({"subject": "x' or 1"}, {}, ["subject"]):
        rows.connection.execute(
            "insert into contextfs.deliveries (org_id, consumer, event_id, event, run_at)"
            " values (%s, 'triggers.index_memory', %s, %s, now())",
            [tenant.org_id, uuid4(), Jsonb(event)],
        )

    assert [] == told(tenant)
