"""What was said becomes searchable: passages are made from messages, and made anew when their session changes."""

from collections.abc import Callable
from typing import Any

from contextfs.kit.events import Event
from contextfs.runtime.wiring import Wiring, triggers
from tests.conftest import Tenant
from tests.functions.asking import UNKNOWN, Things
from tests.functions.conftest import Rows

INDEX = next(trigger for trigger in triggers() if trigger.name == "triggers.index_session")
Settle = Callable[[], int]


def test_what_is_said_is_indexed_and_what_tools_print_is_not(
    tenant: Tenant, things: Things, rows: Rows, settle_events: Settle
) -> None:
    path = f"/v1/sessions/{things.session_id}"
    kinds = ("prompt", "reply", "tool_result", "summary", "injected", "meta")
    messages = [{"role": "user", "content": f"A {kind}.", "kind": kind} for kind in kinds]
    tenant.call("POST", f"{path}/messages", {"messages": messages})
    settle_events()
    tenant.call("PATCH", path, {"title": "Named", "tags": ["t"]})
    settle_events()
    said = [row for row in rows.of("passages", tenant) if row["source"] == "message"]

    assert sorted(row["body"] for row in said) == ["A prompt.", "A reply.", "A summary."]
    assert all("Named" in row["context"] and row["tags"] == ["t"] for row in said)


def test_what_is_gone_is_passed_over(tenant: Tenant, things: Things, rows: Rows, wiring: Wiring) -> None:
    created = next(row for row in rows.of("outbox", tenant) if row["type"] == "session.created")

    assert wiring.reactor.react(INDEX, _event(created | {"subject": UNKNOWN, "id": UNKNOWN})) is True
    assert rows.of("passages", tenant) == []


def _event(row: dict[str, Any]) -> Event:
    return Event(**{name: row[name] for name in Event.__struct_fields__})
