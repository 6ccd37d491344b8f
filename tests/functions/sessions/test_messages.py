"""GET /v1/sessions/{session_id}/messages."""

from typing import Any

from tests.conftest import Tenant
from tests.functions.asking import Things


def test_time_orders_and_pages_show_everything_once(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}/messages"
    times = [3, 1, 2, 1]
    messages = [
        {"role": "user", "content": str(place), "created_at": f"2030-01-0{day}T00:00:00Z"}
        for place, day in enumerate(times)
    ]
    tenant.call("POST", path, {"messages": messages})
    seen: list[str] = []
    cursor = ""
    while True:
        page = tenant.call("GET", f"{path}?limit=2{cursor}").json()
        seen += [message["content"] for message in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == ["1", "3", "2", "0"]


def test_a_message_is_shown_as_it_was_said(tenant: Tenant, things: Things) -> None:
    path = f"/v1/sessions/{things.session_id}/messages"
    said: dict[str, Any] = {
        "role": "assistant",
        "content": "Ünïcödé 🎉\n\ttabs",
        "external_id": "m1",
        "kind": "summary",
        "model": "m",
        "tokens": 7,
        "metadata": {"a": {"b": []}},
        "created_at": "2030-01-31T08:00:00Z",
        "tool_calls": [],
    }
    tenant.call("POST", path, {"messages": [said]})

    (shown,) = tenant.call("GET", path).json()["items"]

    assert said.items() <= shown.items()
    assert shown["session_id"] == things.session_id


def test_a_cursor_of_another_list_is_refused(tenant: Tenant, things: Things) -> None:
    for name in "abc":
        tenant.call("POST", "/v1/projects", {"name": name})
    cursor = tenant.call("GET", "/v1/projects?limit=1").json()["next_cursor"]

    reply = tenant.call("GET", f"/v1/sessions/{things.session_id}/messages?cursor={cursor}")

    assert reply.status_code == 400
    assert reply.json()["where"] == "cursor"
