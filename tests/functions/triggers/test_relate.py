"""The graph follows what is remembered: each memory's mentions and edges are those of its present text."""

from collections.abc import Callable
from typing import Any

from contextfs.kit.events import Event
from contextfs.runtime.wiring import Wiring, triggers
from tests.conftest import Tenant
from tests.functions.conftest import Rows

RELATE = next(trigger for trigger in triggers() if trigger.name == "triggers.relate")
Settle = Callable[[], int]


def remember(tenant: Tenant, content: str, **more: Any) -> str:
    body = {"project_id": str(tenant.project_id), "content": content, **more}
    return tenant.call("POST", "/v1/memories", body).json()["memory"]["id"]


def mentioned(rows: Rows, tenant: Tenant) -> list[str]:
    return sorted(row["entity"] for row in rows.of("mentions", tenant) if row["whole"] is None)


def stated(rows: Rows, tenant: Tenant) -> list[tuple[str, str, str]]:
    return sorted((row["source"], row["relation"], row["target"]) for row in rows.of("edges", tenant))


def test_a_memory_stands_in_the_graph_as_it_is(tenant: Tenant, rows: Rows, settle_events: Settle) -> None:
    memory = remember(tenant, "We use pnpm instead of npm.", type="decision")
    settle_events()
    first = mentioned(rows, tenant), stated(rows, tenant)
    tenant.call("PATCH", f"/v1/memories/{memory}", {"content": "See src/auth/login.py.", "visibility": "private"})
    settle_events()
    changed, seen_by = mentioned(rows, tenant), {row["visibility"] for row in rows.of("mentions", tenant)}
    tenant.call("DELETE", f"/v1/memories/{memory}")
    settle_events()

    assert first == (
        ["tool:npm", "tool:pnpm"],
        sorted(
            [
                (f"memory:{memory}", "decided_for", "tool:npm"),
                (f"memory:{memory}", "decided_for", "tool:pnpm"),
                ("tool:pnpm", "replaces", "tool:npm"),
            ]
        ),
    )
    assert (changed, seen_by) == (["file:src/auth/login.py"], {"private"})
    assert (mentioned(rows, tenant), stated(rows, tenant)) == ([], [])


def test_a_memory_is_linked_with_the_session_that_it_comes_from(
    tenant: Tenant, rows: Rows, settle_events: Settle
) -> None:
    session = tenant.call("POST", "/v1/sessions", {"project_id": str(tenant.project_id), "tool": "t"}).json()["session"]
    memory = remember(tenant, "Learned.", provenance=[{"session_id": session["id"]}])
    settle_events()

    assert stated(rows, tenant) == [(f"memory:{memory}", "derived_from", f"session:{session['id']}")]


def test_an_event_that_comes_again_changes_nothing(
    tenant: Tenant, rows: Rows, settle_events: Settle, wiring: Wiring
) -> None:
    remember(tenant, "Redis keeps the sessions.")
    [event] = [row for row in rows.of("outbox", tenant) if row["type"] == "memory.created"]
    settle_events()
    before = rows.of("mentions", tenant)

    assert wiring.reactor.react(RELATE, Event(**{name: event[name] for name in Event.__struct_fields__})) is False
    assert before == rows.of("mentions", tenant)


ODD = (
    *("\u202e\u0627\u0644\u0633\u0644\u0627\u0645", "\U0001f680" * 50, "`" * 300, "'; drop table mentions --"),
    *("a/" * 5000, "X" * 20_001, "ERR_" + "A" * 900, "@" * 400, "A.b" * 4000),
)


def test_texts_of_every_kind_are_taken(tenant: Tenant, rows: Rows, settle_events: Settle) -> None:
    for text in ODD:
        remember(tenant, text)
    settle_events()

    assert rows.of("dead_letters", tenant) == []
    assert all(len(row["key"]) <= 200 for row in rows.of("mentions", tenant))
