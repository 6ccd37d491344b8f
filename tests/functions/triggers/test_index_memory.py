"""A memory becomes searchable: passages are made from its text, and made anew when it changes."""

from collections.abc import Callable
from typing import Any

from contextfs.kit.events import Event
from contextfs.runtime.wiring import Wiring, triggers
from tests.conftest import Tenant
from tests.functions.asking import Things
from tests.functions.conftest import Rows

INDEX = next(trigger for trigger in triggers() if trigger.name == "triggers.index_memory")
Settle = Callable[[], int]


def bodies(rows: Rows, tenant: Tenant) -> list[str]:
    return sorted(row["body"] for row in rows.of("passages", tenant))


def test_a_memory_has_the_passages_of_its_present_text(
    tenant: Tenant, things: Things, rows: Rows, settle_events: Settle
) -> None:
    path = f"/v1/memories/{things.memory_id}"
    settle_events()
    first = bodies(rows, tenant)
    tenant.call("PATCH", path, {"content": "Known better."})
    settle_events()
    changed = bodies(rows, tenant)
    tenant.call("DELETE", path)
    settle_events()

    assert (first, changed, bodies(rows, tenant)) == (["Known."], ["Known better."], [])


def test_an_event_that_comes_again_changes_nothing(
    tenant: Tenant, things: Things, rows: Rows, settle_events: Settle, wiring: Wiring
) -> None:
    event = _event(next(row for row in rows.of("outbox", tenant) if row["type"] == "memory.created"))
    settle_events()
    before = rows.of("passages", tenant)

    assert wiring.reactor.react(INDEX, event) is False
    assert before == rows.of("passages", tenant)


def _event(row: dict[str, Any]) -> Event:
    return Event(**{name: row[name] for name in Event.__struct_fields__})
