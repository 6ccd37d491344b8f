"""PUT /v1/admin/redaction: what an organization takes out of all that it stores, and no other one."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from contextfs.adapters.database import flight
from contextfs.kit.ports import Parameters
from tests.conftest import Tenant
from tests.functions.asking import Things, deliver, told
from tests.functions.conftest import Rows

PATH = "/v1/admin/redaction"
SLOW = "[ab]*a[ab]{900}"
RULES = [
    {"name": "customer-number", "pattern": "CUST-[0-9]{8}", "allow": ["CUST-0+"]},
    {"name": "badge", "pattern": "(?i)badge (?P<value>[0-9]{4})"},
]
SAID = "CUST-12345678 has badge 4711, CUST-00000000 none"


def kept(of: Tenant) -> str:
    new = {"project_id": str(of.project_id), "type": "fact", "content": SAID}
    return of.call("POST", "/v1/memories", new).json()["memory"]["content"]


def test_what_a_rule_matches_is_not_stored_from_then_on(tenant: Tenant, other_tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("PUT", PATH, {"rules": RULES})
    text = kept(tenant)

    assert (200, RULES) == (reply.status_code, reply.json()["rules"])
    assert RULES == tenant.call("GET", PATH).json()["rules"]
    assert "[redacted:customer-number:" in text
    assert "has badge [redacted:badge:" in text
    assert text.endswith("CUST-00000000 none")
    assert ([], SAID) == (other_tenant.call("GET", PATH).json()["rules"], kept(other_tenant))
    assert rows.audited(tenant, "redaction.changed")[0]["details"] == {"rules": ["customer-number", "badge"]}


def test_it_holds_for_each_way_in(tenant: Tenant, things: Things) -> None:
    tenant.call("PUT", PATH, {"rules": RULES})
    project = {"project_id": str(tenant.project_id)}
    said = [{"role": "user", "content": SAID, "tool_calls": [{"name": "look", "input": {"id": SAID}}]}]

    session = tenant.call("POST", "/v1/sessions", project | {"tool": "t", "title": SAID, "messages": said}).json()
    place = f"/v1/sessions/{session['session']['id']}"
    tenant.call("POST", f"{place}/messages", {"messages": said})
    pack = tenant.call("POST", "/v1/context", project | {"task": SAID, "budget": 100}).json()
    delivery = b'{"conversation_id": "c", "messages": [{"role": "user", "content": "CUST-12345678"}]}'
    delivered = deliver(tenant, f"/v1/ingest/{things.source}", delivery, delivery="msg_1")

    everything = [tenant.call("GET", path).text for path in (place, f"{place}/messages", "/v1/sessions")]
    everything.append(tenant.call("GET", f"/v1/context/{pack['id']}").text)
    assert 200 == delivered.status_code, delivered.text
    assert not any("12345678" in one for one in everything), everything
    assert sum(one.count("[redacted:customer-number:") for one in everything) >= 6


def test_a_draft_by_what_holds_for_most_is_not_stored_where_a_rule_wants_more(
    tenant: Tenant, things: Things, rows: Rows
) -> None:
    place = f"/v1/sessions/{things.session_id}/messages"
    said = {"messages": [{"role": "user", "content": SAID, "tool_calls": [{"name": "look", "input": {"id": SAID}}]}]}
    before = kept(tenant), tenant.call("POST", place, said).status_code  # from then on drafts are made for them
    tenant.call("PUT", PATH, {"rules": RULES})
    after = kept(tenant), tenant.call("POST", place, said).status_code

    assert (before, after[1]) == ((SAID, 201), 201)
    assert "[redacted:customer-number:" in after[0]
    stored = sorted(str((row["content"], row["tool_calls"])) for row in rows.of("messages", tenant))
    assert [one.count("12345678") for one in stored] == [2, 0], stored


@pytest.mark.parametrize("personal", [None, [], ["email"]])
def test_what_is_sent_before_it_is_known_what_to_take_out_is_stored_once_and_as_chosen(
    tenant: Tenant, things: Things, rows: Rows, personal: list[str] | None
) -> None:
    place = f"/v1/sessions/{things.session_id}/messages"
    said = {"messages": [{"role": "user", "content": SAID}]}
    told: list[int] = []
    for rules in ([], RULES, []):
        tenant.call("PUT", PATH, {"rules": rules})
        if rules == RULES:
            tenant.call("PATCH", f"/v1/projects/{tenant.project_id}", {"personal": personal})
        told += [tenant.call("POST", place, said).json()["session"]["message_count"] for _ in range(4)]

        for number in range(4):
            tenant.call(
                "POST", "/v1/memories", {"project_id": str(tenant.project_id), "content": f"{number} {rules}: {SAID}"}
            )

    items = tenant.call("GET", f"{place}?limit=100").json()["items"]
    memories = tenant.call("GET", "/v1/memories?limit=100").json()["items"]
    assert Counter("12345678" in one["content"] for one in memories if SAID[-10:] in one["content"]) == {
        True: 4,
        False: 4,
    }
    assert told == [*range(1, 13)]
    assert ["12345678" in one["content"] for one in items] == [True] * 4 + [False] * 4 + [True] * 4


@pytest.fixture
def leaves(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list that grows with all that is sent to the database as values."""
    written, sent = flight._written, list[str]()  # pyright: ignore[reportPrivateUsage]

    def seen(connection: flight.Connection, query: str, parameters: Parameters | None) -> object:
        sent.extend(map(str, (parameters or {}).values()))
        return written(connection, query, parameters)

    monkeypatch.setattr(flight, "_written", seen)
    return sent


@pytest.mark.parametrize("chosen", ["rules", "classes"])
def test_what_is_taken_out_does_not_leave_the_process_once_that_was_seen(
    tenant: Tenant, things: Things, leaves: list[str], chosen: str
) -> None:
    place = f"/v1/sessions/{things.session_id}/messages"
    fresh = tenant.call("POST", "/v1/sessions", {"project_id": str(tenant.project_id), "tool": "t"}).json()["session"]

    def write(text: str, *, to: str = place) -> None:
        new = {"project_id": str(tenant.project_id), "content": text}
        said = {"messages": [{"role": "user", "content": text}]}
        assert (201, 201) == (
            tenant.call("POST", "/v1/memories", new).status_code,
            tenant.call("POST", to, said).status_code,
        )

    for number in range(4):
        write(f"none {number}")
    if chosen == "rules":
        tenant.call("PUT", PATH, {"rules": RULES})
    else:
        tenant.call("PATCH", f"/v1/projects/{tenant.project_id}", {"personal": ["email"]})
    write("chosen")
    leaves.clear()
    write("CUST-12345678 of mara.lindqvist@fjordmail.no")
    write("CUST-12345678 and odd.berg@fjordmail.no", to=f"/v1/sessions/{fresh['id']}/messages")

    assert sum("redacted:" in one for one in leaves) >= 4
    assert not any(("12345678" if chosen == "rules" else "@fjordmail.no") in one for one in leaves), leaves


def test_whoever_does_not_see_a_project_says_nothing_of_what_it_chose(
    tenant: Tenant, other_tenant: Tenant, colleague: Callable[[Tenant], Tenant], rows: Rows, leaves: list[str]
) -> None:
    stranger, said = colleague(tenant), ["some words", "mara.lindqvist@fjordmail.no"]
    rows.connection.execute("update contextfs.memberships set projects = '{}' where user_id = %s", [stranger.user_id])

    def write(of: Tenant, text: str) -> int:
        new = {"project_id": str(tenant.project_id), "content": text}
        return of.call("POST", "/v1/memories", new).status_code

    told = [write(tenant, f"{number}") for number in range(4)]
    tenant.call("PATCH", f"/v1/projects/{tenant.project_id}", {"personal": ["email"]})
    told += [write(one, said[0]) for one in (tenant, other_tenant, stranger)]
    leaves.clear()

    assert [*told, write(tenant, said[1])] == [201] * 5 + [404] * 2 + [201]
    assert not any(said[1] in one for one in leaves)


def test_a_list_without_any_rule_is_no_choice(tenant: Tenant, things: Things, rows: Rows) -> None:
    tenant.call("PUT", PATH, {"rules": RULES})
    rows.connection.execute("update contextfs.redaction_rules set rules = '[]' where org_id = %s", [tenant.org_id])
    for _ in range(4):
        kept(tenant)
        tenant.call(
            "POST", f"/v1/sessions/{things.session_id}/messages", {"messages": [{"role": "user", "content": SAID}]}
        )
    stored = [row["content"] for row in rows.of("messages", tenant)]

    assert (stored, kept(tenant)) == ([SAID] * 4, SAID)


def test_rules_of_any_size_are_not_sent_back_to_where_they_are_kept(
    tenant: Tenant, things: Things, leaves: list[str]
) -> None:
    tenant.call("PUT", PATH, {"rules": [{"name": f"r-{number}", "pattern": "A" * 900} for number in range(50)]})
    said = {"messages": [{"role": "user", "content": "x" * 1000}]}
    for _ in range(4):
        leaves.clear()
        tenant.call("POST", f"/v1/sessions/{things.session_id}/messages", said)

    assert sum(map(len, leaves)) < 10_000


def test_without_rules_all_is_as_before(tenant: Tenant) -> None:
    tenant.call("PUT", PATH, {"rules": RULES})
    cleared = tenant.call("PUT", PATH, {"rules": []})

    assert {"rules": [], "updated_at": None} == cleared.json()
    assert SAID == kept(tenant)


def test_it_takes_every_project_and_the_permission(tenant: Tenant, key_with: Callable[..., Tenant]) -> None:
    lesser = [key_with(tenant, role="member"), key_with(tenant, role="owner", project_id=str(tenant.project_id))]

    assert [403, 403] == [one.call("PUT", PATH, {"rules": RULES}).status_code for one in lesser]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": "x", "pattern": "("}, "$.rules[1]"),
        ({"name": "x", "pattern": "(?=x)"}, "$.rules[1]"),
        ({"name": "x", "pattern": ".*"}, "$.rules[1]"),
        ({"name": "badge", "pattern": "KX[0-9]"}, "$.rules[1]"),
        ({"name": "Badge!", "pattern": "KX[0-9]"}, "$.rules[1].name"),
        ({"name": "x", "pattern": ""}, "$.rules[1].pattern"),
        ({"name": "x", "pattern": "KX[0-9]", "allow": ["("]}, "$.rules[1]"),
        ({"name": "x", "pattern": "KX[0-9]", "scope": "all"}, "$.rules[1]"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(wrong: dict[str, Any], where: str, tenant: Tenant) -> None:
    reply = tenant.call("PUT", PATH, {"rules": [RULES[1], wrong]})

    assert (reply.status_code, told(reply)["where"]) == (422, where)
    assert [] == tenant.call("GET", PATH).json()["rules"]


@pytest.mark.parametrize("more", [{"pattern": SLOW}, {"pattern": "CUST-[0-9]{8}", "allow": [SLOW]}])
def test_a_rule_that_would_slow_all_writes_down_is_refused_with_a_reason(tenant: Tenant, more: dict[str, Any]) -> None:
    usual = {"name": "customer", "pattern": "CUST-[0-9]{8}"}
    taken = tenant.call("PUT", PATH, {"rules": [usual]})
    refused = tenant.call("PUT", PATH, {"rules": [usual, {"name": "slow", **more}]})

    assert (200, 422) == (taken.status_code, refused.status_code)
    detail = told(refused)["detail"]
    assert "The rule slow cannot be taken: '[ab]*a[ab]{900}' takes" in detail
    assert "times as long as a usual pattern, and 100 times are allowed" in detail
    assert [usual] == tenant.call("GET", PATH).json()["rules"]


def test_one_that_stands_already_is_run_and_loses_nothing(tenant: Tenant, rows: Rows) -> None:
    rows.connection.execute(
        "insert into contextfs.redaction_rules (org_id, rules, updated_by, updated_at) values (%s, %s, %s, now())",
        [tenant.org_id, Jsonb([{"name": "slow", "pattern": "[ab]*a[ab]{91}c"}]), tenant.user_id],
    )
    new = {"project_id": str(tenant.project_id), "content": f"It says {'ab' * 60}c."}
    memory = tenant.call("POST", "/v1/memories", new).json()["memory"]

    assert memory["content"].startswith("It says [redacted:slow:")
