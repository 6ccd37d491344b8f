"""POST /v1/sources."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.conftest import Rows


def create(tenant: Tenant, **fields: Any) -> Any:
    return tenant.call("POST", "/v1/sources", {"name": "desk", "project_id": str(tenant.project_id), **fields})


def test_it_has_an_address_and_a_secret_that_is_shown_once_and_kept_sealed(tenant: Tenant, rows: Rows) -> None:
    reply = create(tenant, tags=["support"])
    source, secret = reply.json()["source"], reply.json()["secret"]
    listed = tenant.call("GET", "/v1/sources").json()["items"]

    assert reply.status_code == 201
    assert (source["preset"], source["scheme"], source["tool"], source["tags"]) == (
        "json",
        "standard",
        "desk",
        ["support"],
    )
    assert source["path"].startswith("/v1/ingest/src_")
    assert secret.startswith("whsec_")
    assert listed == [source]
    assert [str(audit["subject"]) for audit in rows.audited(tenant, "source.created")] == [source["id"]]
    assert rows.events(tenant) == ["source.created"]
    for table in ("sources", "audit_log", "outbox", "idempotency_keys"):
        assert secret not in str(rows.of(table, tenant)), table
    assert secret.encode() not in bytes(rows.of("sources", tenant)[0]["sealed"])


@pytest.mark.parametrize(
    ("fields", "tool"),
    [
        ({"name": "Support desk (EU)"}, "Support-desk-EU"),
        ({"name": "帮助"}, "json"),
        ({"name": "Issues", "preset": "github"}, "github"),
        ({"name": "desk", "tool": "zendesk"}, "zendesk"),
    ],
)
def test_its_sessions_name_it_where_no_tool_is_chosen(fields: dict[str, str], tool: str, tenant: Tenant) -> None:
    assert tool == create(tenant, **fields).json()["source"]["tool"]


def test_each_preset_brings_its_scheme_and_another_may_be_chosen(tenant: Tenant) -> None:
    replies = [create(tenant, name=preset, preset=preset).json() for preset in ("json", "openai", "github", "slack")]
    made = [reply["source"] for reply in replies]
    chosen = create(tenant, name="export", preset="slack", scheme="standard").json()["source"]

    assert [source["scheme"] for source in made] == ["standard", "standard", "github", "slack"]
    assert chosen["scheme"] == "standard"
    assert [reply["secret"].partition("_")[0] for reply in replies] == ["whsec", "whsec", "ctxw", "ctxw"]


def test_a_secret_of_the_senders_own_is_taken(tenant: Tenant) -> None:
    assert (
        create(tenant, preset="slack", secret="8f742231b10e8888abcd99yyyzzz85a5")
        .json()["secret"]
        .startswith("8f742231")
    )


def test_a_name_is_taken_once(tenant: Tenant, other_tenant: Tenant) -> None:
    create(tenant)

    again = create(tenant, name="DESK")

    assert again.status_code == 409
    assert told(again)["detail"].startswith("A source of this name exists already")
    assert create(other_tenant).status_code == 201


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"preset": "github", "mapping": {"conversation": "$.a", "content": "$.b"}}, "$.mapping"),
        ({"mapping": {"conversation": "$.a[*]", "content": "$.b"}}, "$.mapping.conversation"),
        ({"mapping": {"conversation": "$..a", "content": "$.b"}}, "$.mapping.conversation"),
        ({"mapping": {"conversation": "$.a", "content": "b"}}, "$.mapping.content"),
        ({"mapping": {"conversation": "$.a", "content": "$.b[?(@.c)]"}}, "$.mapping.content"),
        ({"scheme": "github", "mapping": {"conversation": "$.a", "content": "$.b"}}, "$.mapping.id"),
        ({"secret": "short"}, "$.secret"),
        ({"secret": "with a space in the middle"}, "$.secret"),
    ],
)
def test_what_could_not_be_read_or_would_be_stored_twice_is_refused(
    fields: dict[str, Any], where: str, tenant: Tenant
) -> None:
    reply = create(tenant, **fields)

    assert reply.status_code == 422
    assert told(reply)["where"] == where


def test_a_key_of_one_project_makes_sources_of_that_project(
    tenant: Tenant, second_project: Callable[[Tenant], Tenant]
) -> None:
    stranger = second_project(tenant)

    assert create(stranger).status_code == 201
    assert create(stranger, name="other", project_id=str(tenant.project_id)).status_code == 404
